import { ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, redeem, startFakeUpstream, startGateway } from './gateway-under-test.ts'

const COUPON = {
  cpnNo: 'HOSTED001',
  nm: 'Hosted',
  discTypeIdx: 457,
  disc: 10,
  useLimit: 1,
  useCnt: 0,
  onsiteYn: 'N',
}

describe('over a hosted upstream', () => {
  const requests: string[] = []
  let envelope: object
  let upstream: Awaited<ReturnType<typeof startFakeUpstream>>
  let gateway: ServiceProcess
  beforeAll(async () => {
    upstream = await startFakeUpstream((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      response.end(JSON.stringify({ message: '', ...envelope }))
    })
    gateway = await startGateway(upstream, { UPSTREAM_PROFILE: 'hosted', DEMO: 'true' })
  })
  afterAll(async () => {
    await gateway?.stop()
    upstream.close()
  })

  it.each(['sk_demo', 'staff_demo'])(
    'a redeem with one idempotencyKey twice redeemed twice, so %s is refused and nothing is sent',
    async (key) => {
      envelope = { code: 0, result: null }
      requests.length = 0
      const input = { code: 'HOSTED001', idempotencyKey: 'order-17' }
      for (const _ of [1, 2]) {
        const answer = await redeem(gateway, input, { key })
        expect(answer.status).toBe(200)
        expect(answer.data).toEqual({ redeemCoupon: null })
        expect(answer.errors).toMatchObject([
          { path: ['redeemCoupon'], extensions: { code: 'FORBIDDEN' } },
        ])
        expect(answer.errors[0]?.message).toContain('idempotencyKey')
        expect(answer.errors[0]?.message).toContain('Reads work')
      }
      expect(requests).toEqual([])
    },
  )

  it('a key without the scope is told about the scope', async () => {
    const { errors } = await redeem(gateway, { code: 'HOSTED001' }, { key: 'pk_demo' })
    expect(errors[0]?.message).toContain('coupon:redeem')
  })

  it('a read is answered', async () => {
    envelope = { code: 0, result: COUPON }
    const { data } = await ask(gateway, ValidateCouponDocument, { code: 'hosted-001' })
    expect(data?.validateCoupon).toMatchObject({ valid: true, coupon: { code: 'HOSTED001' } })
  })

  it('a reason of its own is NOT_FOUND, which came with the coupon', async () => {
    envelope = { code: 1999, message: 'Blocked.', result: COUPON }
    const { data, text } = await ask(gateway, ValidateCouponDocument, { code: 'HOSTED001' })
    expect(data?.validateCoupon).toMatchObject({ reason: 'NOT_FOUND', coupon: null })
    expect(text).not.toMatch(/Hosted|Blocked/)
  })
})
