import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HistoryEntry } from '../plan.ts'
import { madeUpPlan } from '../tests/made-up-run.ts'
import { plannedCoupon, type SimulatedCoupon, simulateRun } from '../tests/simulated-run.ts'

/** Files of a history that nobody made: what k6, the runner and the database would have left. */
export interface WrittenHistory {
  readonly operations: number
  readonly historyFile: string
  readonly planFile: string
  readonly databaseFile: string
}

/** Lines that are handed on at a time. */
const LINES_A_PART = 1_000

/**
 * A million operations as a large run has them: a coupon of a tenth as many units as attempts, one that nobody uses
 * up, and five hundred at whose checkout some hundreds stand at once, each with few units.
 */
export function largeRun(scale = 1): readonly SimulatedCoupon[] {
  const times = (count: number) => Math.max(1, Math.round(count * scale))
  return [
    { code: 'LARGE', limit: times(72_000), attempts: times(720_000), isCheckout: false },
    { code: 'AMPLE', limit: times(200_000), attempts: times(100_000), isCheckout: false },
    ...Array.from({ length: times(500) }, (_, index) => ({
      code: `CHECKOUT${index}`,
      limit: 20,
      attempts: 340,
      isCheckout: true,
    })),
  ]
}

/** Writes such a history into a folder. */
export async function writeHistory(
  folder: string,
  coupons: readonly SimulatedCoupon[],
): Promise<WrittenHistory> {
  const files = {
    historyFile: `${folder}/history.ndjson`,
    planFile: `${folder}/plan.json`,
    databaseFile: `${folder}/database.json`,
  }
  const run = simulateRun(coupons, { seed: 1, latencyMs: 10, callsPerMs: 20 })
  let operations = 0
  let database: unknown
  function* parts(): Generator<string> {
    let lines: HistoryEntry[] = []
    for (;;) {
      const { done, value } = run.next()
      if (done === true) {
        database = value
        break
      }
      operations += 1
      lines.push(value)
      if (lines.length < LINES_A_PART) continue
      yield toText(lines)
      lines = []
    }
    yield toText(lines)
  }
  await pipeline(Readable.from(parts()), createWriteStream(files.historyFile))
  const attempts = coupons.reduce((sum, coupon) => sum + coupon.attempts, 0)
  const shape = { kind: 'attempts', users: 400, attempts } as const
  const plan = madeUpPlan({ shape, coupons: coupons.map(plannedCoupon) })
  await writeFile(files.planFile, JSON.stringify(plan))
  await writeFile(files.databaseFile, JSON.stringify(database))
  return { operations, ...files }
}

function toText(lines: readonly HistoryEntry[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
