import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { PROFILES } from './api-profile.ts'
import { whenCallerGone } from './caller-gone.ts'
import { handleError } from './error-handler.ts'
import { sendStream } from './export-stream.ts'

it('a caller who leaves before an answer begins was logged as an error of ours, and ends the work for it', async () => {
  const log: { level: number; msg: string }[] = []
  const app = Fastify({ logger: { stream: { write: (line) => log.push(JSON.parse(line)) } } })
  app.decorate('profile', PROFILES.native)
  app.setErrorHandler(handleError)
  const asked = Promise.withResolvers<void>()
  app.get('/', (_request, reply) =>
    sendStream(reply, { contentType: 'text/csv', fileName: 'all.csv' }, waitInLine(reply)),
  )
  // biome-ignore lint/correctness/useYield: its turn never comes.
  async function* waitInLine(reply: Parameters<typeof whenCallerGone>[0]) {
    const signal = whenCallerGone(reply)
    asked.resolve()
    await once(signal, 'abort')
    signal.throwIfAborted()
  }
  await app.listen({ host: '127.0.0.1', port: 0 })
  const outgoing = request({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1' })
  outgoing.on('error', () => {})
  outgoing.end()
  await asked.promise
  outgoing.destroy()
  await expect.poll(() => log.map(({ msg }) => msg)).toContain('the caller went away')
  expect(log.filter(({ level }) => level > 30)).toEqual([])
  await app.close()
})
