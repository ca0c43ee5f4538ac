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
  for (const entries of groupByKey(told)) {
    if (!Array.isArray(entries)) {
      yield entries
      continue
    }
    const [first, ...others] = entries.filter(hasEffect)
    for (const entry of entries) if (!hasEffect(entry)) yield entry
    if (first === undefined) continue
    const all = [first, ...others]
    yield {
      ...first,
      calledAt: Math.min(...all.map(({ calledAt }) => calledAt)),
      returnedAt: Math.min(...all.map(({ returnedAt }) => returnedAt)),
    }
  }
}

/** What is wrong with the answers to keys that were sent several times. */
export function checkKeys(told: readonly HistoryEntry[]): Finding[] {
  return groupByKey(told).flatMap((entries): Finding[] => {
    if (!Array.isArray(entries)) return []
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

/** By itself what has no key or is the only one with it, which saves much where it is nearly all. */
function groupByKey(told: readonly HistoryEntry[]): readonly (HistoryEntry | HistoryEntry[])[] {
  const places = new Map<string, number>()
  const groups: (HistoryEntry | HistoryEntry[])[] = []
  for (const entry of told) {
    const place = entry.key === null ? undefined : places.get(entry.key)
    if (place === undefined) {
      if (entry.key !== null) places.set(entry.key, groups.length)
      groups.push(entry)
      continue
    }
    const others = groups[place] as HistoryEntry | HistoryEntry[]
    if (Array.isArray(others)) others.push(entry)
    else groups[place] = [others, entry]
  }
  return groups
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
