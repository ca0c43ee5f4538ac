import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import { ATTACKS, type Attack, SHARED_KEY } from './attack-requests.ts'

// Attacks a gateway from the first line on stdin until it is told to end, from a process of its own. Prints how it was
// answered.

const CONNECTIONS = 32
/** Of all connections together, at most: what a machine that is not the attacker's has to do is to be measured. */
const REQUESTS_PER_SECOND = 2_000
const SLOW_CONNECTIONS = 500

const [url = '', name = ''] = process.argv.slice(2)
const answers: Record<string, number> = {}
let isOver = false
process.once('SIGTERM', () => {
  isOver = true
})

// Its own start is not to be measured.
process.stdout.write('ready\n')
await once(process.stdin, 'data')

const attack = ATTACKS[name]
await (attack === undefined ? sendSlowly() : sendFast(attack))
process.stdout.write(JSON.stringify(answers))
process.exit()

async function sendFast(makeRequest: Attack): Promise<void> {
  const startedAt = performance.now()
  let sent = 0
  async function sendOnOneConnection(): Promise<void> {
    const client = new Client(url)
    while (!isOver) {
      const n = sent
      sent += 1
      const dueInMs = startedAt + (n * 1_000) / REQUESTS_PER_SECOND - performance.now()
      if (dueInMs > 1) await sleep(dueInMs)
      try {
        const { statusCode, body } = await client.request({
          method: 'POST',
          path: '/graphql',
          ...makeRequest(n),
        })
        await body.dump()
        count(String(statusCode))
      } catch {
        // The answer to a body that is too large can come with the end of the connection.
        count('closed')
      }
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, sendOnOneConnection))
}

/** Half a body, then a byte now and then, for as long as the gateway listens. */
async function sendSlowly(): Promise<void> {
  const { hostname, port } = new URL(url)
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SHARED_KEY}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"query":"`
  async function sendOnOneConnection(): Promise<void> {
    while (!isOver) {
      const socket = connect(Number(port), hostname).on('error', () => {})
      socket.write(head)
      const drip = setInterval(() => socket.write(' '), 500)
      socket.resume()
      await Promise.race([once(socket, 'close'), untilOver()])
      clearInterval(drip)
      socket.destroy()
      count('closed')
    }
  }
  await Promise.all(Array.from({ length: SLOW_CONNECTIONS }, sendOnOneConnection))
}

async function untilOver(): Promise<void> {
  while (!isOver) await sleep(100)
}

function count(answer: string): void {
  answers[answer] = (answers[answer] ?? 0) + 1
}
