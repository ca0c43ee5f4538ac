import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

/** Answers every byte with itself. */
let echo: Server
let arrived: string
let proxy: FaultProxy
const callers: Socket[] = []

beforeEach(async () => {
  arrived = ''
  echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      arrived += chunk
      socket.write(chunk)
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port })
})
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.destroy()
  await proxy.close()
  echo.close()
})

async function call(): Promise<Socket> {
  const caller = connect({ host: proxy.host, port: proxy.port }).setEncoding('utf8')
  callers.push(caller)
  await once(caller, 'connect')
  return caller
}

async function say(caller: Socket, text: string): Promise<string> {
  caller.write(text)
  let heard = ''
  while (heard.length < text.length) heard += (await once(caller, 'data'))[0]
  return heard
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function codeOfEnd(caller: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let code: string | undefined
    caller.once('error', (error: NodeJS.ErrnoException) => {
      code = error.code
    })
    caller.once('close', () => resolve(code))
  })
}

it('passes bytes on in both directions, any number of them', async () => {
  const large = 'x'.repeat(3_000_000)
  expect(await say(await call(), large)).toBe(large)
})

it('keeps bytes in order when the delay changes under way', async () => {
  const caller = await call()
  proxy.setDelay(30)
  caller.write('first ')
  await turn()
  proxy.setDelay(0)
  caller.write('second')
  let heard = ''
  while (heard.length < 'first second'.length) heard += (await once(caller, 'data'))[0]
  expect(heard).toBe('first second')
})

it('resets every connection, and takes new ones', async () => {
  const one = await call()
  const other = await call()
  await say(one, 'hello')
  await say(other, 'hello')
  const ends = [codeOfEnd(one), codeOfEnd(other)]
  proxy.resetAll()
  expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(await say(await call(), 'again')).toBe('again')
})

it('loses answers of requests that arrived, and then resets what lost some, and nothing else', async () => {
  const loser = await call()
  const idle = await call()
  await say(idle, 'before')
  proxy.loseAnswers()
  loser.write('redeem')
  while (!arrived.endsWith('redeem')) await turn()
  const end = codeOfEnd(loser)
  let heard = ''
  loser.on('data', (chunk) => {
    heard += chunk
  })
  // The echo comes back through this same event loop, a turn or two later.
  for (let turns = 0; turns < 50; turns += 1) await turn()
  proxy.stopLosingAnswers()
  expect(await end).toBe('ECONNRESET')
  expect(heard).toBe('')
  expect(await say(idle, 'after')).toBe('after')
})

it('ends a connection that the target ended, once all bytes have passed', async () => {
  const closing = createServer((socket) => socket.end('bye'))
  closing.listen(0, '127.0.0.1')
  await once(closing, 'listening')
  const before = await startFaultProxy({
    host: '127.0.0.1',
    port: (closing.address() as AddressInfo).port,
  })
  before.setDelay(10)
  const caller = connect({ host: before.host, port: before.port }).setEncoding('utf8')
  const [heard] = await once(caller, 'data')
  await once(caller, 'close')
  expect(heard).toBe('bye')
  await before.close()
  closing.close()
})
