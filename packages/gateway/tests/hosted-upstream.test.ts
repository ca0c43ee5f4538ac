import { ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  type Folder,
  makeFolder,
  redeem,
  startFakeUpstream,
  startGateway,
} from './gateway-under-test.ts'

const COUPON = {
  cpnNo: 'HOSTED001',
  nm: 'Hosted',
  discTypeIdx: 457,
  disc: 10,
  useLimit: 1,
  useCnt: 0,
  onsiteYn: 'N',
}
const USABLE = { code: 0, result: COUPON }

describe('over a hosted upstream', () => {
  const requests: string[] = []
  let onValidate: object
  /** Null: the connection breaks. */
  let onRedeem: object | null
  let folder: Folder
  let upstream: Awaited<ReturnType<typeof startFakeUpstream>>
  let gateway: ServiceProcess
  const start = (environment = {}) =>
    startGateway(upstream, {
      UPSTREAM_PROFILE: 'hosted',
      DEMO: 'true',
      DATA_DIR: folder.path,
      HOSTED_REASONS: '1444=EXPIRED,1404=NOT_FOUND',
      ...environment,
    })
  beforeAll(async () => {
    folder = await makeFolder()
    upstream = await startFakeUpstream((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      const envelope = request.url?.includes('redeem') ? onRedeem : onValidate
      if (envelope === null) response.socket?.resetAndDestroy()
      else response.end(JSON.stringify({ message: '', ...envelope }))
    })
    gateway = await start()
  })
  afterAll(async () => {
    await gateway?.stop()
    upstream.close()
    await folder.remove()
  })
  beforeEach(() => {
    requests.length = 0
    onValidate = USABLE
    onRedeem = { code: 0, result: null }
  })
  const redeems = () => requests.filter((it) => it.startsWith('PUT'))

  it('a redeem with one idempotencyKey twice redeemed twice, and is sent once, over a restart too', async () => {
    const input = { code: 'HOSTED001', idempotencyKey: 'order-17' }
    const first = await redeem(gateway, input)
    const redemption = { id: 'order-17', status: 'REDEEMED', ordinal: null }
    expect(first.data?.redeemCoupon).toMatchObject({ redemption, replayed: false, userErrors: [] })
    expect((await redeem(gateway, input)).data?.redeemCoupon).toMatchObject({
      redemption,
      replayed: true,
    })
    await gateway.stop()
    gateway = await start()
    expect((await redeem(gateway, input)).data?.redeemCoupon).toMatchObject({
      redemption,
      replayed: true,
    })
    expect(redeems()).toHaveLength(1)
  })

  it('a redeem whose answer is lost is UPSTREAM_OUTCOME_UNKNOWN, and its repeat is not sent', async () => {
    onRedeem = null
    const input = { code: 'HOSTED001', idempotencyKey: 'order-18' }
    for (const _ of [1, 2]) {
      const { data, errors } = await redeem(gateway, input)
      expect(data).toEqual({ redeemCoupon: null })
      expect(errors).toMatchObject([
        { extensions: { code: 'UPSTREAM_OUTCOME_UNKNOWN', retryable: true } },
      ])
    }
    expect(redeems()).toHaveLength(1)
  })

  it('a memo that leaves no room for the key is INVALID_INPUT, and says how long it may be', async () => {
    const input = { code: 'HOSTED001', idempotencyKey: 'order-19', memo: 'x'.repeat(500) }
    const { data } = await redeem(gateway, input)
    expect(data?.redeemCoupon?.userErrors).toMatchObject([
      {
        code: 'INVALID_INPUT',
        field: ['input', 'memo'],
        message: 'memo must be at most 475 characters with this idempotencyKey.',
      },
    ])
    expect(requests).toEqual([])
  })

  it('a number that HOSTED_REASONS names is told by its name', async () => {
    onValidate = { code: 1444, result: null }
    const { data } = await redeem(gateway, { code: 'HOSTED002' })
    expect(data?.redeemCoupon?.userErrors).toMatchObject([{ code: 'EXPIRED' }])
  })

  it('a journal that is lost stops the start with a line that says which', async () => {
    const failed = start({ JOURNAL_DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/none' })
    await expect(failed).rejects.toThrow('PostgreSQL at 127.0.0.1:1 is unavailable')
    await expect(failed).rejects.not.toThrow('hunter2')
  })

  it('a key without the scope is told about the scope', async () => {
    const { errors } = await redeem(gateway, { code: 'HOSTED001' }, { key: 'pk_demo' })
    expect(errors[0]?.message).toContain('coupon:redeem')
  })

  it('a read is answered', async () => {
    const { data } = await ask(gateway, ValidateCouponDocument, { code: 'hosted-001' })
    expect(data?.validateCoupon).toMatchObject({ valid: true, coupon: { code: 'HOSTED001' } })
  })

  it('a reason of its own is NOT_FOUND, which came with the coupon', async () => {
    onValidate = { code: 1999, message: 'Blocked.', result: COUPON }
    const { data, text } = await ask(gateway, ValidateCouponDocument, { code: 'HOSTED001' })
    expect(data?.validateCoupon).toMatchObject({ reason: 'NOT_FOUND', coupon: null })
    expect(text).not.toMatch(/Hosted|Blocked/)
  })

  it.each([
    ['no such code', 1404],
    ['a reason of its own', 1999],
  ])('%s is asked about each time, since the time must not tell which it is', async (_, code) => {
    onValidate = { code, result: null }
    for (const _ of [1, 2]) {
      const { data } = await ask(gateway, ValidateCouponDocument, { code: `HOSTED${code}` })
      expect(data?.validateCoupon?.reason).toBe('NOT_FOUND')
    }
    expect(requests).toHaveLength(2)
  })
})
