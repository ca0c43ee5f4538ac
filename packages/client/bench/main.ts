import { type Figure, runBenchmark, type Session } from '@coupon-gateway/bench'
import { measureCost } from './cost-of-a-call.ts'
import { measureHostedExactness } from './hosted-exactness.ts'
import { measureIdenticalValidates } from './identical-validates.ts'
import { measureOutage } from './outage.ts'
import { measureSharedKey } from './shared-key.ts'

const MEASUREMENTS: Readonly<Record<string, (session: Session) => Promise<Figure[]>>> = {
  'client.1': measureSharedKey,
  'client.2': measureOutage,
  'client.3': measureHostedExactness,
  'client.4': measureIdenticalValidates,
  'client.5': measureCost,
}

await runBenchmark('client', async (session) => {
  const figures: Figure[] = []
  for (const [id, measure] of Object.entries(MEASUREMENTS)) {
    if (!id.startsWith(session.only) && !session.only.startsWith(id)) continue
    session.progress(id)
    figures.push(...(await measure(session)))
  }
  return { conditions: {}, figures: figures.filter(({ id }) => id.startsWith(session.only)) }
})
