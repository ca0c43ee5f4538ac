import { median } from '@coupon-gateway/bench'
import { seedRandom } from '../seeded-random.ts'
import { type CrashFaults, FAULTS } from './count-faults.ts'
import { type CrashRound, crashRound, type RoundSize } from './crash-round.ts'
import { SYSTEMS, type Victim } from './crash-target.ts'

export interface CrashExperiment {
  readonly rounds: number
  /** Systems whose name begins so. */
  readonly only: string
  readonly seed: number
  readonly size: RoundSize
  readonly onProgress: (message: string) => void
}

export interface CrashRow {
  readonly system: string
  readonly victim: Victim
  readonly rounds: readonly CrashRound[]
  readonly medians: CrashFaults
  readonly worst: CrashFaults
}

export interface CrashResult {
  readonly seed: number
  readonly size: RoundSize
  readonly rows: readonly CrashRow[]
}

/** Every victim of every system, in rounds. Each round's schedule follows from the seed and the round's number. */
export async function runCrashExperiment({
  rounds,
  only,
  seed,
  size,
  onProgress,
}: CrashExperiment): Promise<CrashResult> {
  const systems = SYSTEMS.filter(({ name }) => name.startsWith(only))
  if (systems.length === 0) {
    throw new Error(
      `--only must begin one of ${SYSTEMS.map(({ name }) => name).join('; ')}, got ${only}`,
    )
  }
  const rows: CrashRow[] = []
  for (const system of systems) {
    for (const victim of system.victims) {
      const done: CrashRound[] = []
      for (let round = 1; round <= rounds; round += 1) {
        const result = await crashRound(system, victim, size, seedRandom(seed + round))
        done.push(result)
        onProgress(`${system.name}, ${victim}, round ${round}: ${JSON.stringify(result)}`)
      }
      rows.push({
        system: system.name,
        victim,
        rounds: done,
        medians: summarize(done, median),
        worst: summarize(done, (counts) => Math.max(...counts)),
      })
    }
  }
  return { seed, size, rows }
}

function summarize(
  rounds: readonly CrashRound[],
  pick: (counts: readonly number[]) => number,
): CrashFaults {
  return Object.fromEntries(
    FAULTS.map((fault) => [fault, pick(rounds.map((round) => round[fault]))]),
  ) as unknown as CrashFaults
}
