import { randomUUID } from 'node:crypto'
import { ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
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
