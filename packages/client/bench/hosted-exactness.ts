import type { Figure, Session } from '@coupon-gateway/bench'
import { startPostgres } from '@coupon-gateway/test-postgres'
import { runHosted } from './hosted-run.ts'

const REDEMPTIONS = 10_000
const KILLS = 5
/** For a look. */
const QUICK_REDEMPTIONS = 300
const QUICK_KILLS = 2

/**
 * Figure 3: hosted redemptions with a fifth of all answers lost and clients killed. Exactness is no matter of
 * rounds: it is measured once.
 */
export async function measureHostedExactness({ quick, progress }: Session): Promise<Figure[]> {
  const redemptions = quick ? QUICK_REDEMPTIONS : REDEMPTIONS
  const kills = quick ? QUICK_KILLS : KILLS
  const server = await startPostgres()
  try {
    const startedAtMs = performance.now()
    const verdict = await runHosted({
      postgresUrl: server.url,
      redemptions,
      kills,
      random: Math.random,
      progress,
    })
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000)
    progress(
      `  ${verdict.redeemed} redeemed, ${verdict.withoutEffect} without effect, ${verdict.gaveUp} given up, ${seconds} s with the coupons`,
    )
    const run = `${redemptions} hosted redemptions, a fifth of answers lost, ${kills} kill -9`
    const none = (id: string, what: string, value: number): Figure => ({
      id,
      what: `${run}: ${what}`,
      unit: 'keys',
      goal: '<= 0',
      runs: [value],
    })
    return [
      none('client.3a', 'keys with more than one effect', verdict.twice.length),
      none(
        'client.3b',
        'keys of which journal, upstream and caller disagree',
        new Set([...verdict.disagreements, ...verdict.toldWrong, ...verdict.refusedWrongly]).size +
          verdict.unaccounted,
      ),
      none('client.3c', 'keys that stay PENDING', verdict.pending),
      none('client.3d', 'keys left to a person', verdict.needsReview),
    ]
  } finally {
    await server.stop()
  }
}
