import { randomUUID } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  ask,
  type Folder,
  makeFolder,
  redeem,
  startApi,
  startFakeUpstream,
  startGateway,
} from './gateway-under-test.ts'

const CONNECTIONS = 16
/** The stop is asked for when so many were answered: all connections are warm and busy. */
const ANSWERED_BEFORE_STOP = 100

let data: Folder
let api: ServiceProcess
let gateway: ServiceProcess
beforeAll(async () => {
  data = await makeFolder()
  api = await startApi(data)
  gateway = await startGateway(api)
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  await data.remove()
})

type Answered = Awaited<ReturnType<typeof redeem>>
interface Sent {
  readonly userId: string
  readonly idempotencyKey: string
  /** Undefined when the connection was refused or closed. */
  readonly answer: Answered | undefined
}

it('SIGTERM under load answers all that was taken on, and loses no redemption', async () => {
  const sent: Sent[] = []
  let answered = 0
  let stopped: Promise<void> | undefined

  /** One after the other over one connection, until it is refused. Each fetch has its connection kept alive. */
  async function redeemUntilRefused(): Promise<void> {
    for (;;) {
      const userId = randomUUID()
      const idempotencyKey = randomUUID()
      const answer = await redeem(gateway, { code: 'BIGSALE10K', userId, idempotencyKey }).catch(
        () => undefined,
      )
      sent.push({ userId, idempotencyKey, answer })
      if (answer === undefined) return
      answered += 1
      if (answered === ANSWERED_BEFORE_STOP) stopped = gateway.stop()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, redeemUntilRefused))
  await stopped
  expect(await gateway.exited).toBe(0)
  expect(gateway.output()).toBe('')

  for (const { answer } of sent) {
    if (answer === undefined) continue
    expect(answer).toMatchObject({ status: 200, errors: [] })
    expect(answer.data?.redeemCoupon).toMatchObject({ replayed: false, userErrors: [] })
  }
  const refused = sent.filter((it) => it.answer === undefined)
  expect(refused).toHaveLength(CONNECTIONS)

  gateway = await startGateway(api)
  const readUsed = async () => {
    const { data: answer } = await ask(gateway, ValidateCouponDocument, {
      code: 'BIGSALE10K',
      userId: 'ada',
    })
    return answer?.validateCoupon?.coupon?.usage.used
  }
  // What was refused did not happen; repeated with its own key it happens, once.
  expect(await readUsed()).toBe(answered)
  for (const { userId, idempotencyKey } of refused) {
    const { data: answer } = await redeem(gateway, { code: 'BIGSALE10K', userId, idempotencyKey })
    expect(answer?.redeemCoupon).toMatchObject({ replayed: false, userErrors: [] })
  }
  expect(await readUsed()).toBe(sent.length)

  // Those that were answered are known too: every answer is the first one again.
  for (const { userId, idempotencyKey, answer } of sent.slice(0, 20)) {
    if (answer === undefined) continue
    const again = await redeem(gateway, { code: 'BIGSALE10K', userId, idempotencyKey })
    expect(again.data?.redeemCoupon).toEqual({ ...answer.data?.redeemCoupon, replayed: true })
  }
})

/** Redeems over a connection of the agent. @throws Error there was no answer */
async function redeemOver(agent: Agent, url: string): Promise<unknown> {
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    agent,
    headers: { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' },
  })
  const answered = Promise.withResolvers<IncomingMessage>()
  sent.once('response', answered.resolve).once('error', answered.reject)
  const input = { code: 'BIGSALE10K', userId: randomUUID(), idempotencyKey: randomUUID() }
  sent.end(
    JSON.stringify({
      query:
        'mutation($input: RedeemCouponInput!) { redeemCoupon(input: $input) { redemption { status } } }',
      variables: { input },
    }),
  )
  return JSON.parse(await text(await answered.promise))
}

describe.each(['1', '2'])('a gateway of %s processes', (GATEWAY_WORKERS) => {
  it('loses no answer when it is stopped under load, of clients that leave when /readyz says so', async () => {
    const stopping = await startGateway(api, { GATEWAY_WORKERS, DRAIN_DELAY_MS: '1000' })
    const answers: unknown[] = []
    const failures: unknown[] = []
    let isToldToLeave = false
    let stopped: Promise<void> | undefined

    async function redeemUntilToldToLeave(): Promise<void> {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      while (!isToldToLeave) {
        // An answer may end its connection: the agent opens another one then, which must be served as well.
        await redeemOver(agent, stopping.url).then(
          (answer) => answers.push(answer),
          (error) => failures.push(error),
        )
        if (answers.length >= ANSWERED_BEFORE_STOP) stopped ??= stopping.stop()
      }
      agent.destroy()
    }
    /** As a balancer does, over connections of its own. */
    async function askWhetherReady(): Promise<void> {
      while (!isToldToLeave) {
        const response = await fetch(`${stopping.url}/readyz`, { headers: { Connection: 'close' } })
        isToldToLeave = response.status === 503
        const body = await response.json()
        expect(body).toEqual({ status: isToldToLeave ? 'stopping' : 'ready' })
        expect(stopped !== undefined || !isToldToLeave).toBe(true)
      }
    }
    await Promise.all([
      askWhetherReady(),
      ...Array.from({ length: CONNECTIONS }, redeemUntilToldToLeave),
    ])
    await stopped
    expect(failures).toEqual([])
    expect(answers.length).toBeGreaterThanOrEqual(ANSWERED_BEFORE_STOP)
    for (const answer of answers) {
      expect(answer).toEqual({ data: { redeemCoupon: { redemption: { status: 'REDEEMED' } } } })
    }
    expect(await stopping.exited).toBe(0)
    expect(stopping.output()).toBe('')
  })
})

it('SIGTERM refuses new connections, and waits for the redeem that is under way', async () => {
  let finish = () => {}
  const arrived = Promise.withResolvers<void>()
  const upstream = await startFakeUpstream((_request, response) => {
    const result = { redemptionId: 'slow-1', ordinal: 1, redeemedAt: '2026-11-24T06:36:00.000Z' }
    finish = () => response.end(JSON.stringify({ code: 0, message: '', result }))
    arrived.resolve()
  })
  const slow = await startGateway(upstream)
  const answer = redeem(slow, { code: 'WELCOME10' })
  await arrived.promise
  const stopped = slow.stop()
  await vi.waitFor(() => expect(fetch(`${slow.url}/livez`)).rejects.toThrow(), {
    timeout: 10_000,
  })
  finish()
  expect((await answer).data?.redeemCoupon).toMatchObject({
    redemption: { id: 'slow-1' },
    userErrors: [],
  })
  await stopped
  expect(await slow.exited).toBe(0)
  upstream.close()
})
