import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendStream } from './export-stream.ts'

const MIB = 1024 * 1024
const CSV = { contentType: 'text/csv', fileName: 'all.csv' }

let app: FastifyInstance
let source: () => AsyncGenerator<string, void, undefined>
beforeEach(async () => {
  app = Fastify()
  app.get('/', (_request, reply) => sendStream(reply, CSV, source()))
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => app.close())

const url = () => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

/** Opens the answer without reading any of its body. */
async function openAnswer() {
  const outgoing = request(url())
  outgoing.end()
  const [answer] = await once(outgoing, 'response')
  return { outgoing, answer: answer as AsyncIterable<Buffer> & { statusCode: number } }
}

describe('a streamed answer', () => {
  it('has a name for its file, and all that its source gives', async () => {
    source = async function* () {
      yield 'one\r\n'
      yield 'two\r\n'
    }
    const response = await fetch(url())
    expect(response.headers.get('Content-Type')).toBe('text/csv')
    expect(response.headers.get('Content-Disposition')).toBe('attachment; filename="all.csv"')
    expect(await response.text()).toBe('one\r\ntwo\r\n')
  })

  it('may be empty', async () => {
    source = async function* () {
      yield ''
    }
    expect(await (await fetch(url())).text()).toBe('')
  })

  it('is made only as fast as a slow reader takes it', async () => {
    const chunks = 200
    let made = 0
    source = async function* () {
      const chunk = 'x'.repeat(MIB)
      for (made = 0; made < chunks; made += 1) yield chunk
    }
    const { answer } = await openAnswer()
    let taken = 0
    let mostAhead = 0
    for await (const bytes of answer) {
      taken += bytes.length
      mostAhead = Math.max(mostAhead, made - taken / MIB)
      // Whoever does not wait for the reader would be done by now.
      if (taken < 8 * MIB) for (let turn = 0; turn < 50; turn += 1) await nextTurn()
    }
    expect(taken).toBe(chunks * MIB)
    // What the buffers of both ends of a connection hold, whatever is sent.
    expect(mostAhead).toBeLessThan(64)
  })

  it('stops its source when the reader goes, at the next chunk and before the end', async () => {
    let made = 0
    const ended = Promise.withResolvers<void>()
    source = async function* () {
      try {
        for (;;) {
          made += 1
          yield 'x'.repeat(MIB)
        }
      } finally {
        ended.resolve()
      }
    }
    const { outgoing } = await openAnswer()
    outgoing.destroy()
    await ended.promise
    const madeInAll = made
    for (let turn = 0; turn < 100; turn += 1) await nextTurn()
    expect(made).toBe(madeInAll)
  })

  it('breaks the connection off when its source fails in the middle, so that it cannot be taken for all', async () => {
    source = async function* () {
      yield 'one\r\n'
      throw new Error('lost the database')
    }
    const response = await fetch(url())
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  it('is an error like any other when its source fails at once', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it could.
    source = async function* () {
      throw new Error('no database')
    }
    expect((await fetch(url())).status).toBe(500)
  })

  it('cuts a reader off who takes nothing for a minute', async () => {
    const sockets: Socket[] = []
    app.server.on('connection', (socket) => sockets.push(socket))
    source = async function* () {
      for (;;) yield 'x'.repeat(MIB)
    }
    const { outgoing, answer } = await openAnswer()
    const [socket] = sockets
    expect(socket?.timeout).toBe(60_000)
    // As Node does when the time is over.
    socket?.emit('timeout')
    await expect(
      (async () => {
        for await (const _ of answer);
      })(),
    ).rejects.toThrow('aborted')
    outgoing.destroy()
  })
})
