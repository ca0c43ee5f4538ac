import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Attack, codes, document, guesses, MANY, raw } from './attacks/attack.ts'
import { DOCUMENT_ATTACKS } from './attacks/documents.ts'
import { REQUEST_ATTACKS } from './attacks/requests.ts'
import { TOKEN_ATTACKS } from './attacks/tokens.ts'
import { answerNotFound, buildGatewayOver } from './gateway-in-process.ts'

let app: FastifyInstance
let calls = 0
beforeAll(async () => {
  app = await buildGatewayOver(answerNotFound, () => (calls += 1))
})
afterAll(() => app.close())

/** An answer to an attack must not grow with what was sent. */
const MAX_ANSWER_LENGTH = 3_000

async function send({ method = 'POST', path = '/graphql', headers, payload }: Attack) {
  const { statusCode, body } = await app.inject({
    method,
    url: path,
    headers: {
      authorization: 'Bearer sk_demo',
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  })
  expect(body.length).toBeLessThan(MAX_ANSWER_LENGTH)
  const { data, errors = [] } = JSON.parse(body)
  return { status: statusCode, data, errors }
}

/** What got through a server with its defaults, or made it work for nothing. */
const ATTACKS = { ...DOCUMENT_ATTACKS, ...TOKEN_ATTACKS, ...REQUEST_ATTACKS }

describe.each(Object.entries(ATTACKS))(
  '%s is refused before the upstream is asked:',
  (_, attacks) => {
    it.each(attacks)('%s', async (_what, attack, status, code, words) => {
      const callsBefore = calls
      const answer = await send(attack)
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([status, code])
      expect(answer.errors[0]?.message).toContain(words)
      expect(calls).toBe(callsBefore)
    })
  },
)

describe('what looks alike and is harmless is answered:', () => {
  it('10 root fields', async () => {
    const answer = await send(document(`{ ${guesses(9)} rateLimit { cost } }`))
    expect(answer.errors).toEqual([])
    expect(answer.data).toMatchObject({ a0: { valid: false }, a8: { valid: false } })
  })

  it('two full lists of codes', async () => {
    const query = MANY.replace(/c: .*\}/, '}')
    const answer = await send(document(query, { codes: codes(20) }))
    expect([answer.status, answer.errors]).toEqual([200, []])
    expect(answer.data.b).toHaveLength(20)
  })

  it('a charset by another name, since a body is UTF-8 whatever it says', async () => {
    const answer = await send(raw('{"query":"{ __typename }"}', 'application/json;charset=latin1'))
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } })
  })
})

describe('a client that sends slowly', () => {
  beforeAll(() => app.listen({ host: '127.0.0.1', port: 0 }))

  const HEAD =
    'POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_demo\r\nContent-Type: application/json\r\n'

  it.each([
    ['its headers', HEAD],
    ['its body', `${HEAD}Content-Length: 100\r\n\r\n{"query":`],
    ['its body in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"que\r\n`],
  ])('%s is cut off with 408', async (_what, beginning) => {
    const address = app.addresses()[0] as AddressInfo
    expect([app.server.requestTimeout, app.server.headersTimeout]).toEqual([10_000, 10_000])
    // Who is late is looked for once a second; this test does not wait for ten of them.
    Object.assign(app.server, { requestTimeout: 1, headersTimeout: 1 })
    const socket = connect(address.port, '127.0.0.1')
    socket.write(beginning)
    const answer = await text(socket)
    Object.assign(app.server, { requestTimeout: 10_000, headersTimeout: 10_000 })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').errors[0].extensions.code).toBe(
      'BAD_REQUEST',
    )
  })
})
