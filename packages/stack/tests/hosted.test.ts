import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeStackPlace, type StackPlace, untilReady } from './stack-under-test.ts'

describe('UPSTREAM_PROFILE=hosted pnpm start', () => {
  let place: StackPlace
  beforeAll(async () => {
    place = await makeStackPlace()
    await untilReady(place.start({ UPSTREAM_PROFILE: 'hosted' }))
  })
  afterAll(() => place.remove())

  async function countUses(code: string): Promise<number> {
    const response = await fetch(
      `http://127.0.0.1:${place.apiPort}/api/coupon/v1/validate?cpnNo=${code}`,
      { headers: { Authorization: 'APIKey demo_personal_key' } },
    )
    const { result } = (await response.json()) as { result: { useCnt: number } }
    return result.useCnt
  }

  it('has one effect of the redeem example of the README, repeated with the same key', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
    const command = /curl -s [^`]*?mutation[^`]+/.exec(readme)?.[0] ?? ''
    expect(command).toContain('SINGLEUSE1')
    // Of a single use, the limit alone would forbid a second effect.
    for (const code of ['SINGLEUSE1', 'WELCOME10']) {
      const here = command
        .replace('127.0.0.1:4000', `127.0.0.1:${place.gatewayPort}`)
        .replace('SINGLEUSE1', code)
        .replace('order-1001', `order-${code}`)
      const answers = []
      for (const _ of [1, 2, 3]) {
        const { stdout } = await promisify(execFile)('bash', ['-c', here])
        answers.push(JSON.parse(stdout).data.redeemCoupon)
      }
      const redemption = { id: `order-${code}`, status: 'REDEEMED', ordinal: null }
      expect(answers).toEqual(
        [false, true, true].map((replayed) => ({ redemption, replayed, userErrors: [] })),
      )
    }
    expect(await countUses('WELCOME10')).toBe(1)
  })

  it('is over the stand-in, which knows no idempotency keys', async () => {
    for (const _ of [1, 2]) {
      await fetch(`http://127.0.0.1:${place.apiPort}/api/coupon/v1/redeem`, {
        method: 'PUT',
        headers: {
          Authorization: 'APIKey demo_personal_key',
          'Content-Type': 'application/json',
          'Idempotency-Key': 'the-same-key',
        },
        body: JSON.stringify({ cpnNo: 'WELCOME10', memo: 'past the gateway' }),
      })
    }
    expect(await countUses('WELCOME10')).toBe(3)
  })
})
