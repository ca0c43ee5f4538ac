import { setTimeout as delay } from 'node:timers/promises'
import type { Endpoint } from '../plan.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { askUntilKnown, redeemAll, redemptionOf } from './buyers.ts'
import { type CrashFaults, countFaults, type LoggedUse } from './count-faults.ts'
import type { CrashSystem, Victim } from './crash-target.ts'

export interface RoundSize {
  readonly limit: number
  readonly attempts: number
  readonly atOnce: number
}

/** A log that has not grown for so long is complete. */
const QUIET_MS = 2_000
const LOOK_EVERY_MS = 200
const PAGE_ROWS = 1_000

export interface CrashRound extends CrashFaults {
  /** Keys that were told of a redemption. */
  readonly granted: number
}

/**
 * One round: a fresh system, a coupon, more customers than it has units; in the middle of it the victim is killed and
 * started again. Callers without an answer ask again with their key until they know. When all is quiet, all who were
 * granted ask once more.
 *
 * @param random decides when the kill comes, by units that were granted before, and how long the outage lasts
 */
export async function crashRound(
  { start }: CrashSystem,
  victim: Victim,
  { limit, attempts, atOnce }: RoundSize,
  random: SeededRandom,
): Promise<CrashRound> {
  const killAfter = random.integer(limit * 0.2, limit * 0.7)
  const outage = { ms: random.integer(100, 500), unflushedMs: random.integer(0, 1_000) }
  const target = await start()
  try {
    const { endpoint } = target
    const coupon = 'CRASHTEST01'
    await askUntilKnown(endpoint, {
      coupon,
      operation: 'create',
      user: null,
      key: `create-${coupon}`,
      limit,
    })
    const granted = new Map<string, string>()
    let exhausted = 0
    let crash: Promise<void> | undefined
    await redeemAll(endpoint, coupon, {
      attempts,
      atOnce,
      onAnswer(key, outcome) {
        if (outcome.kind === 'granted') granted.set(key, outcome.redemptionId)
        if (outcome.kind === 'rejected' && outcome.reason === 'EXHAUSTED') exhausted += 1
        if (granted.size >= killAfter) crash ??= target.crash(victim, outage)
      },
    })
    await crash
    await quietLog(endpoint, coupon)
    const grantedAgain = await askAgain(endpoint, coupon, attempts, granted, atOnce)
    const log = await quietLog(endpoint, coupon)
    return {
      granted: granted.size,
      ...countFaults({ limit, granted, grantedAgain, exhausted, log }),
    }
  } finally {
    await target.stop()
  }
}

async function askAgain(
  endpoint: Endpoint,
  coupon: string,
  attempts: number,
  granted: ReadonlyMap<string, string>,
  atOnce: number,
): Promise<ReadonlyMap<string, string | null>> {
  const calls = Array.from({ length: attempts }, (_, n) => redemptionOf(coupon, n)).filter(
    ({ key }) => granted.has(key),
  )
  const again = new Map<string, string | null>()
  const askNext = async () => {
    for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
      const outcome = await askUntilKnown(endpoint, call)
      again.set(call.key, outcome.kind === 'granted' ? outcome.redemptionId : null)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, askNext))
  return again
}

/** The log, when nothing is added to it any more: one that is written later has time to come. */
async function quietLog(endpoint: Endpoint, coupon: string): Promise<readonly LoggedUse[]> {
  let log = await readLog(endpoint, coupon)
  for (let quietMs = 0; quietMs < QUIET_MS; quietMs += LOOK_EVERY_MS) {
    await delay(LOOK_EVERY_MS)
    const now = await readLog(endpoint, coupon)
    if (now.length !== log.length) quietMs = 0
    log = now
  }
  return log
}

async function readLog({ url, key }: Endpoint, coupon: string): Promise<readonly LoggedUse[]> {
  const log: LoggedUse[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const response = await fetch(
      `${url}/api/coupon/v1/redemptions?cpnNo=${coupon}&limit=${PAGE_ROWS}&cursor=${cursor}`,
      { headers: { Authorization: `APIKey ${key}` } },
    )
    const { result } = (await response.json()) as {
      result: { redemptions: LoggedUse[]; nextCursor: string | null }
    }
    log.push(...result.redemptions)
    cursor = result.nextCursor
  }
  return log
}
