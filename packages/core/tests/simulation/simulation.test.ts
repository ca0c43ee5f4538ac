import { describe, expect, it } from 'vitest'
import { BROKEN_PARTS } from './broken-parts.ts'
import type { History } from './history.ts'
import { FAULTS } from './plan.ts'
import { printHistory } from './print-history.ts'
import { type Outcome, type Parts, simulate } from './simulate.ts'

/** SIMULATION_SEED runs one history, SIMULATION_SEEDS the first so many. */
const FIRST_SEED = readNumber('SIMULATION_SEED') ?? 1
const SEEDS = process.env.SIMULATION_SEED ? 1 : (readNumber('SIMULATION_SEEDS') ?? 10_000)

const TIMEOUT_MS = 600_000

/** Runs seed after seed until one shows something, and answers with the seed and what it shows; null if none does. */
async function findSeed(
  show: (outcome: Outcome) => string | null,
  parts?: Parts,
): Promise<{ seed: number; shown: string } | null> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const shown = await simulate(seed, parts).then(show, (error: Error) => error.message)
    if (shown !== null) return { seed, shown }
  }
  return null
}

const showViolations = ({ violations, history }: Outcome) =>
  violations.length === 0 ? null : [...violations, '', ...printHistory(history)].join('\n')

describe(`the batcher over ${SEEDS} simulated histories, from seed ${FIRST_SEED} on,`, () => {
  const occurrences = new Set<string>()

  it('keeps every promise', { timeout: TIMEOUT_MS }, async () => {
    const found = await findSeed((outcome) => {
      for (const occurrence of outcome.history.occurrences) occurrences.add(occurrence)
      for (const answer of answersOf(outcome.history)) occurrences.add(answer)
      return showViolations(outcome)
    })
    if (found !== null) {
      const { seed, shown } = found
      expect.fail(
        `seed ${seed}: ${shown}\n\nOnly this one: SIMULATION_SEED=${seed} npx vitest run tests/simulation`,
      )
    }
  })

  it.skipIf(SEEDS < 1000)('meets every fault, and gives every answer', () => {
    expect([...occurrences]).toEqual(
      expect.arrayContaining([
        ...FAULTS,
        'batch of several',
        'batch of several failed',
        ...['taken', 'replayed', 'overloaded', 'key-reused', 'failed', 'unknown', 'crashed'],
        ...['EXHAUSTED', 'ALL_HELD', 'ALREADY_REDEEMED_BY_USER'],
        ...['settled CONFIRM', 'settled RELEASE', 'settled ROLLBACK', 'RESERVATION_EXPIRED'],
      ]),
    )
  })
})

it('a seed stands for one history', async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + Math.min(SEEDS, 100); seed += 1) {
    const [once, again] = [await simulate(seed), await simulate(seed)]
    expect(printHistory(again.history)).toEqual(printHistory(once.history))
  }
})

describe.skipIf(SEEDS < 1000)('as many histories catch', () => {
  it.each(BROKEN_PARTS)('%s', { timeout: TIMEOUT_MS }, async (_fault, breakParts) => {
    expect(await findSeed(showViolations, breakParts())).not.toBeNull()
  })
})

function* answersOf({ takes, settles }: History) {
  for (const { request, answer } of [...takes, ...settles]) {
    if (answer === null) continue
    if (answer.kind !== 'verdict') {
      yield answer.kind
      continue
    }
    const { verdict } = answer
    yield 'reason' in verdict ? verdict.reason : verdict.outcome
    if (verdict.outcome === 'settled' && 'step' in request) yield `settled ${request.step}`
  }
}

/** A seed that is none would run nothing, and pass. */
function readNumber(name: string): number | undefined {
  const text = process.env[name]
  if (!text) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name} must be an integer from 1, got ${text}`)
  }
  return value
}
