import type { HistoryEntry } from '../plan.ts'
import type { ShownCall } from './difference.ts'

/** A call as a verdict has it. */
export function showCall(entry: HistoryEntry): ShownCall {
  const { operation, user, key, calledAt, returnedAt } = entry
  return { operation, user, key, calledAt, returnedAt, answer: answerOf(entry) }
}

/** A call in words, its moments counted from the first call on the coupon. */
export function describeCall(
  { operation, user, key, calledAt, returnedAt, answer }: ShownCall,
  startsAt: number,
): string {
  const who = user === null ? '' : ` of ${user}`
  const what = operation === 'redeem' ? '' : `${operation} `
  return `${what}${key ?? ''}${who}, from ${calledAt - startsAt} to ${returnedAt - startsAt} ms, got ${answer}`
}

function answerOf({ outcome }: HistoryEntry): string {
  switch (outcome.kind) {
    case 'granted':
      return `${outcome.ordinal === null ? outcome.redemptionId : `#${outcome.ordinal}`}${outcome.replayed ? ' as a replay' : ''}`
    case 'done':
      return outcome.replayed ? 'done as a replay' : 'done'
    case 'validated':
      return outcome.valid ? 'valid' : (outcome.reason ?? 'not valid')
    case 'listed':
      return `${outcome.rows} rows`
    case 'rejected':
      return outcome.reason
    case 'unsettled':
      return `no answer (${outcome.why})`
    case 'unexpected':
      return outcome.answer
    default:
      throw new TypeError(`no such outcome: ${JSON.stringify(outcome satisfies never)}`)
  }
}
