import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeStackPlace, type StackPlace, untilReady } from './stack-under-test.ts'

let place: StackPlace
beforeAll(async () => {
  place = await makeStackPlace()
})
afterAll(() => place.remove())

async function redeem(code: string, idempotencyKey: string, key = 'sk_demo') {
  const response = await fetch(`http://127.0.0.1:${place.gatewayPort}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      query: `mutation ($input: RedeemCouponInput!) {
        redeemCoupon(input: $input) { redemption { id } replayed userErrors { code } }
      }`,
      variables: { input: { code, idempotencyKey } },
    }),
  })
  const { data } = (await response.json()) as {
    data: {
      redeemCoupon: {
        redemption: { id: string } | null
        replayed: boolean
        userErrors: { code: string }[]
      }
    }
  }
  return data.redeemCoupon
}

describe('start', () => {
  it('serves the demo, stops on Ctrl-C, and finds its data when started again', async () => {
    const first = place.start()
    await untilReady(first)
    for (const part of [
      `http://127.0.0.1:${place.gatewayPort}/graphql`,
      `http://127.0.0.1:${place.deskPort}/in-store`,
      `http://127.0.0.1:${place.apiPort}/api/coupon/v1`,
      'sk_demo',
      'demo_personal_key',
      'SINGLEUSE1',
      'curl',
    ]) {
      expect(first.output()).toContain(part)
    }
    const redeemed = await redeem('SINGLEUSE1', 'first-key')
    expect(redeemed).toMatchObject({ replayed: false, userErrors: [] })

    // The desk's customers have tokens that the gateway knows.
    const session = await fetch(`http://127.0.0.1:${place.deskPort}/session`, { method: 'POST' })
    const { token } = (await session.json()) as { token: string }
    const asCustomer = await redeem('WELCOME10', 'customer-key', token)
    expect(asCustomer).toMatchObject({ replayed: false, userErrors: [] })

    // The terminal sends Ctrl-C to the whole foreground group.
    process.kill(-(first.child.pid ?? 0), 'SIGINT')
    expect(await first.ended).toBe(0)
    expect(first.output()).not.toMatch(/error|fail/i)

    const second = place.start()
    await untilReady(second)
    expect(await redeem('SINGLEUSE1', 'second-key')).toMatchObject({
      userErrors: [{ code: 'EXHAUSTED' }],
    })
    expect(await redeem('SINGLEUSE1', 'first-key')).toEqual({ ...redeemed, replayed: true })
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('takes its services along when it is killed, so that the data is free for the next start', async () => {
    const first = place.start()
    await untilReady(first)
    first.child.kill('SIGKILL')
    // The services hold its output open as long as they live.
    await first.ended
    const second = place.start()
    await untilReady(second)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })
})

describe('a start that cannot be is one readable line and exit code 1:', () => {
  const failureOf = async (changes: Record<string, string>) => {
    const failed = place.start(changes)
    expect(await failed.ended).toBe(1)
    return failed.output()
  }

  it.each([
    [{ API_PORT: 'x' }, 'API_PORT must be an integer from 1 to 65535, got "x"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn'],
    [{ UPSTREAM_PROFILE: 'other' }, 'UPSTREAM_PROFILE must be one of native, hosted, got "other"'],
  ])('the setting %j', async (changes, message) => {
    const output = await failureOf(changes)
    expect(output).toContain(message)
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  it.each(['API_PORT', 'GATEWAY_PORT', 'DESK_PORT'])('a taken %s', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const output = await failureOf({ [variable]: String(port) })
    other.close()
    expect(output).toContain(`port ${port} on 127.0.0.1 is taken by another process`)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
