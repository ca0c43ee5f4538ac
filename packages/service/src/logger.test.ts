import { Writable } from 'node:stream'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { loggerOptions } from './logger.ts'

/** Logs by a service's logger, and answers with the line. */
function log(act: (log: ReturnType<typeof Fastify>['log']) => void): string {
  let line = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      line += chunk
      done()
    },
  })
  const logger = { ...(loggerOptions('trace') as object), stream }
  act(Fastify({ logger }).log)
  return line
}

describe('a log line', () => {
  it('had the row that PostgreSQL shows with an error, and has what happened only', () => {
    const error = Object.assign(new Error('duplicate key value violates a constraint'), {
      code: '23505',
      detail: 'Key (code)=(HUNTER2) already exists.',
      parameters: ['HUNTER2'],
    })
    const line = log((it) => it.error({ err: error }, 'unexpected error'))
    expect(JSON.parse(line).err).toMatchObject({
      type: 'Error',
      code: '23505',
      message: error.message,
    })
    expect(line).toContain('logger.test.ts')
    expect(line).not.toContain('HUNTER2')
  })

  it('has the causes of an error, and not what hangs on them', () => {
    const cause = Object.assign(new TypeError('fetch failed'), {
      request: { headers: { authorization: 'Bearer HUNTER2' } },
    })
    const line = log((it) => it.warn({ err: new Error('no answer', { cause }) }))
    expect(JSON.parse(line).err.cause).toMatchObject({
      type: 'TypeError',
      message: 'fetch failed',
    })
    expect(line).not.toContain('HUNTER2')
  })

  it.each([
    [{ authorization: 'HUNTER2' }],
    [{ headers: { authorization: 'HUNTER2' } }],
    [{ input: { onsitePassword: 'HUNTER2', cpnNo: 'HUNTER2' } }],
    [{ call: { request: { body: 'HUNTER2' } } }],
    [{ variables: { code: 'HUNTER2' } }],
    [{ caller: { key: 'HUNTER2' } }],
  ])('has no secret of %j', (fields) => {
    const line = log((it) => it.info(fields, 'looked at'))
    expect(line).toContain('[redacted]')
    expect(line).not.toContain('HUNTER2')
  })

  it('has no error that is none, which could be anything', () => {
    expect(log((it) => it.error({ err: 'HUNTER2' }))).not.toContain('HUNTER2')
  })
})
