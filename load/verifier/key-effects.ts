import type { HistoryEntry } from '../plan.ts'
import type { Finding } from './difference.ts'
import { showCall } from './show-call.ts'

const ONE_EFFECT = 'one key has one effect'
const FIRST_ANSWER = 'a key that is sent again gets its first answer, as a replay'

/**
 * The operations that keys stand for: all answers that say that it was done are one, which took its effect after the
 * first of its calls and before the first of these answers. A rejection is an operation of its own each time, as is
 * what has no key.
 */
export function* effectsByKey(told: readonly HistoryEntry[]): Generator<HistoryEntry> {
  const repeats = findRepeats(told)
  if (repeats.size === 0) {
    yield* told
    return
  }
  for (const entry of told) {
    const entries = repeats.get(entry.key)
    if (entries === undefined || !hasEffect(entry)) {
      yield entry
      continue
    }
    const all = entries.filter(hasEffect)
    if (all[0] !== entry) continue
    yield {
      ...entry,
      calledAt: Math.min(...all.map(({ calledAt }) => calledAt)),
      returnedAt: Math.min(...all.map(({ returnedAt }) => returnedAt)),
    }
  }
}

/** What is wrong with the answers to keys that were sent several times. */
export function checkKeys(told: readonly HistoryEntry[]): Finding[] {
  return [...findRepeats(told).values()].flatMap((entries): Finding[] => {
    const done = entries.filter(hasEffect)
    const [first] = done
    if (first === undefined) return []
    const other = done.find((entry) => effectOf(entry) !== effectOf(first))
    if (other !== undefined) return [finding(ONE_EFFECT, [first, other])]
    const firsts = done.filter((entry) => !isReplay(entry))
    if (firsts.length > 1) return [finding(ONE_EFFECT, firsts.slice(0, 2))]
    const doneAt = Math.min(...done.map(({ returnedAt }) => returnedAt))
    const refused = entries.find(
      ({ outcome, calledAt }) => outcome.kind === 'rejected' && calledAt > doneAt,
    )
    return refused === undefined ? [] : [finding(FIRST_ANSWER, [first, refused])]
  })
}

/** The entries of each key that there are several of. Nearly all keys have one, of which nothing is kept. */
function findRepeats(told: readonly HistoryEntry[]): ReadonlyMap<string | null, HistoryEntry[]> {
  const seen = new Set<string>()
  const repeats = new Map<string | null, HistoryEntry[]>()
  for (const { key } of told) {
    if (key === null) continue
    if (seen.has(key)) repeats.set(key, [])
    else seen.add(key)
  }
  if (repeats.size > 0) for (const entry of told) repeats.get(entry.key)?.push(entry)
  return repeats
}

function hasEffect({ outcome: { kind } }: HistoryEntry): boolean {
  return kind === 'granted' || kind === 'done'
}

function isReplay({ outcome }: HistoryEntry): boolean {
  return (outcome.kind === 'granted' || outcome.kind === 'done') && outcome.replayed
}

function effectOf({ operation, outcome }: HistoryEntry): string {
  return outcome.kind === 'granted'
    ? `${operation} ${outcome.redemptionId} ${outcome.ordinal}`
    : operation
}

function finding(rule: string, entries: readonly HistoryEntry[]): Finding {
  const calls = entries.map(showCall)
  const answers = calls.map(({ operation, answer }) => `${operation} got ${answer}`)
  return { rule, found: `${entries[0]?.key}: ${answers.join(', then ')}`, calls }
}
