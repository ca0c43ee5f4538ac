import { setTimeout as sleep } from 'node:timers/promises'
import { ValidateCouponDocument } from '@coupon-gateway/schema'
import { print } from 'graphql'
import { Agent, request } from 'undici'
import { SHARED_KEY } from './attack-requests.ts'

const REQUESTS_PER_SECOND = 100
/** Customers come from everywhere: none of them is near the budget of his address. */
const CUSTOMERS = 200
const QUERY = print(ValidateCouponDocument)

/**
 * Asks whether a coupon is good, at a steady pace, and checks every answer. Waiting counts from the moment a request was
 * due, so that a gateway that stands still does not have fewer of them.
 *
 * @param code of a coupon that can be used
 * @returns the 99th percentile of the time to the answer, in milliseconds
 * @throws Error a request that was not answered right
 */
export async function measureHonestP99(
  url: string,
  code: string,
  seconds: number,
): Promise<number> {
  const agent = new Agent({ connections: 64 })
  const startedAt = performance.now()
  const ask = async (n: number): Promise<number> => {
    const dueAt = startedAt + (n * 1_000) / REQUESTS_PER_SECOND
    await sleep(Math.max(0, dueAt - performance.now()))
    const { statusCode, body } = await request(`${url}/graphql`, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${SHARED_KEY}`,
        'content-type': 'application/json',
        'x-forwarded-for': `192.0.2.${n % CUSTOMERS}`,
      },
      body: JSON.stringify({ query: QUERY, variables: { code } }),
    })
    const text = await body.text()
    if (statusCode !== 200 || !text.includes('"valid":true')) {
      throw new Error(`an honest client was answered ${statusCode} ${text}`)
    }
    return performance.now() - dueAt
  }
  try {
    const count = seconds * REQUESTS_PER_SECOND
    const times = await Promise.all(Array.from({ length: count }, (_, n) => ask(n)))
    times.sort((a, b) => a - b)
    return times[Math.ceil(count * 0.99) - 1] as number
  } finally {
    await agent.close()
  }
}
