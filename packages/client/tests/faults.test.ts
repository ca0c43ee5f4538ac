import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createUpstreamClient,
  type RedeemResult,
  type UpstreamClient,
  type UpstreamErrorCode,
} from '../src/index.ts'
import { API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'
import { failureOf, openClient } from './client-under-test.ts'
import { type Fault, type FaultProxy, PASS, startFaultProxy } from './fault-proxy.ts'

/** What becomes of a redeem whose first request meets the fault, and whose further ones meet none. */
interface Expectation {
  readonly fault: Fault
  readonly native: RedeemResult['outcome'] | UpstreamErrorCode
  readonly hosted: RedeemResult['outcome'] | UpstreamErrorCode
  /** Units that the first request alone takes. */
  readonly taken: 0 | 1
}

const EXPECTATIONS: readonly Expectation[] = [
  { fault: { kind: 'pass' }, native: 'redeemed', hosted: 'redeemed', taken: 1 },
  { fault: { kind: 'reset-before' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 0 },
  { fault: { kind: 'reset-after' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 1 },
  { fault: { kind: 'half-open' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 1 },
  { fault: { kind: 'late', delayMs: 50 }, native: 'redeemed', hosted: 'redeemed', taken: 1 },
  { fault: { kind: 'cut-body' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 1 },
  { fault: { kind: 'wrong-json' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 1 },
  { fault: { kind: 'error-after' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 1 },
  { fault: { kind: 'error-before' }, native: 'redeemed', hosted: 'OUTCOME_UNKNOWN', taken: 0 },
  {
    fault: { kind: 'throttled', retryAfterSeconds: 1 },
    native: 'redeemed',
    hosted: 'redeemed',
    taken: 0,
  },
  {
    fault: { kind: 'throttled', retryAfterSeconds: null },
    native: 'redeemed',
    hosted: 'redeemed',
    taken: 0,
  },
]

describe.each(['native', 'hosted'] as const)('in front of the real api, %s:', (profile) => {
  let api: ApiUnderTest
  let proxy: FaultProxy
  /** Straight to the api, to prepare coupons and to count their uses. */
  let direct: UpstreamClient
  beforeAll(async () => {
    api = await startApi(profile)
    proxy = await startFaultProxy(api.url)
    direct = createUpstreamClient({ urls: [api.url], apiKey: API_KEY, profile })
  })
  afterAll(async () => {
    await direct?.close()
    await proxy?.close()
    await api?.stop()
  })

  async function createCoupon(): Promise<string> {
    const settings = { discountKind: 'percent', discount: 10, useLimit: 5 } as const
    const created = await direct.create({ settings })
    if (created.outcome !== 'created') throw new Error(JSON.stringify(created))
    return created.code
  }

  async function countUses(code: string): Promise<number | null | undefined> {
    const { coupon } = (await direct.validate({ code })) as { coupon: { used: number } | null }
    return coupon?.used
  }

  it.each(EXPECTATIONS.map((it) => [JSON.stringify(it.fault), it] as const))(
    'a redeem that meets %s has one effect or none, and its end says which',
    async (_, { fault, taken, ...expected }) => {
      const code = await createCoupon()
      const { client, clock } = openClient([proxy.url], { profile, apiKey: API_KEY })
      const before = proxy.requests.length
      const mine = () => proxy.requests.slice(before)
      proxy.setFault(() => (mine().length === 0 ? fault : PASS))
      const call = client
        .redeem({ code, userId: 'ada', idempotencyKey: randomUUID() })
        .then((result) => result.outcome)
        .catch((error) => error.code as UpstreamErrorCode)
      if (fault.kind === 'half-open') {
        await expect.poll(() => mine()[0]?.takenStatus, { timeout: 20_000 }).toBe(200)
        clock.advance(5_000)
      }
      const end = await call
      expect(end).toBe(expected[profile])
      const uses = await countUses(code)
      // A repeat takes what the first request did not; who never repeats has what the first one did.
      expect(uses).toBe(end === 'redeemed' ? 1 : taken)
      expect(mine().length).toBe(
        fault.kind === 'pass' || fault.kind === 'late' ? 1 : end === 'redeemed' ? 2 : 1,
      )
    },
  )

  it.each(EXPECTATIONS.filter(({ fault }) => fault.kind !== 'half-open').map((it) => it.fault))(
    'a validate survives %j, or says that nobody answered',
    async (fault) => {
      const code = await createCoupon()
      const { client } = openClient([proxy.url], { profile, apiKey: API_KEY })
      const before = proxy.requests.length
      proxy.setFault(() => (proxy.requests.length === before ? fault : PASS))
      const call = client.validate({ code })
      // A body that is not the contract's is no matter of luck: a page would come again.
      if (fault.kind === 'wrong-json')
        expect(await failureOf(call)).toMatchObject({ code: 'BAD_RESPONSE' })
      else expect(await call).toMatchObject({ outcome: 'usable' })
    },
  )
})
