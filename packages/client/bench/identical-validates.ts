import type { Figure } from '@coupon-gateway/bench'
import { createUpstreamClient } from '../src/index.ts'
import { done, startUpstream, WIRE_COUPON } from '../tests/misbehaving-upstream.ts'

const VALIDATES = 1_000

/** Figure 4: many who ask the same at once. */
export async function measureIdenticalValidates(): Promise<Figure[]> {
  const upstream = await startUpstream(done(WIRE_COUPON))
  const client = createUpstreamClient({ urls: [upstream.url], apiKey: 'key', profile: 'native' })
  const calls = Array.from({ length: VALIDATES }, () => client.validate({ code: 'FRIENDS05' }))
  const results = await Promise.all(calls)
  if (results.some(({ outcome }) => outcome !== 'usable')) throw new Error('a validate failed')
  await client.close()
  await upstream.close()
  return [
    {
      id: 'client.4',
      what: `${VALIDATES} identical validates at once: upstream calls`,
      unit: 'calls',
      goal: '<= 1',
      runs: [upstream.received.length],
    },
  ]
}
