import {
  type CouponVerdict,
  type JudgeOptions,
  judgeCoupon,
  type Operation,
} from '@coupon-gateway/linearizability'
import type { HistoryEntry, PlannedCoupon } from '../plan.ts'
import type { LoggedRedemption } from './database-record.ts'
import type { Finding, ShownCall } from './difference.ts'
import { CHECKABLE, DECIDED, LOGGED_ORDINALS, RULES } from './rules.ts'
import { describeCall, showCall } from './show-call.ts'
import { type ToldOperations, toldOperations } from './told-operations.ts'

/** States that the search enters for one coupon: some seconds. */
const BUDGET = 200_000

/** Of the calls that show what is wrong: a dozen can be read, the rest is counted. */
const SHOWN_CALLS = 12
const DESCRIBED_CALLS = 3

/**
 * Whether what callers were told about one coupon, and when, can be true: the order of all its operations. The moments
 * are of one machine's clock in whole milliseconds, which are rounded down: what ended in the millisecond in which
 * something else began counts as overlapping, so nothing right is found wrong. What the search cannot decide within
 * its budget is a finding too.
 *
 * @param coupon undefined where it is not of the plan, but was created in its history
 * @param told a history without unknown outcomes
 * @param logged what the log has of its code: it says what to try first, and decides nothing
 */
export function checkOrder(
  coupon: PlannedCoupon | undefined,
  told: readonly HistoryEntry[],
  logged: readonly LoggedRedemption[] = [],
): Finding[] {
  const asTold = toldOperations(told)
  if (asTold.operations.length === 0) return []
  const nameless = findWithoutOrdinal(asTold)
  const history = nameless === undefined ? asTold : withoutOrdinals(asTold)
  const startsAt = told.reduce((earliest, { calledAt }) => Math.min(earliest, calledAt), Infinity)
  const show = (operations: readonly Operation[], after = ''): Omit<Finding, 'rule'> => {
    const calls = operations.slice(0, SHOWN_CALLS).map((operation) => showIn(history, operation))
    const rest = operations.length - Math.min(calls.length, DESCRIBED_CALLS)
    const described = calls.slice(0, DESCRIBED_CALLS).map((call) => describeCall(call, startsAt))
    return {
      calls,
      found: described.join('; ') + (rest > 0 ? `; and ${rest} more` : '') + after,
    }
  }
  const missing =
    nameless === undefined
      ? []
      : [{ rule: LOGGED_ORDINALS, ...showOne(nameless, startsAt, ', and others got an ordinal') }]
  try {
    const verdict = judgeCoupon(history.operations, {
      ...judgeOptionsOf(coupon, told),
      likelyOrder: likelyOrderOf(logged),
    })
    switch (verdict.verdict) {
      case 'RIGHT':
        return missing
      case 'WRONG': {
        const { rule, operations } = verdict
        const after = describeTaken(verdict)
        return [...missing, { rule: RULES[rule], ...show(operations, after) }]
      }
      case 'UNDECIDED': {
        const { stuck } = verdict
        const where = stuck === undefined ? '' : `, stuck where ${RULES[stuck.rule]}`
        const found = `UNDECIDED after ${BUDGET} states of ${history.operations.length} operations${where}`
        const shown = stuck === undefined ? undefined : show([stuck.operation])
        return [
          { rule: DECIDED, ...shown, found: [found, shown?.found].filter(Boolean).join(': ') },
        ]
      }
      default:
        throw new TypeError(`no such verdict: ${verdict satisfies never}`)
    }
  } catch (error) {
    // The clock went back.
    if (!(error instanceof RangeError)) throw error
    return [{ rule: CHECKABLE, found: error.message }]
  }
}

/** What else was taken, where it belongs to what is wrong. */
function describeTaken({ by, rule, takenBesides: units }: WrongVerdict): string {
  if (by === 'counts over time') {
    if (rule === 'REJECTED_WITH_UNIT_LEFT') return `; ${units} units at most were taken then`
    if (rule === 'USABLE_WITHOUT_UNIT') return `; ${units} units were taken then`
  }
  return units === 0 ? '' : `; besides, ${units} units were taken`
}

type WrongVerdict = Extract<CouponVerdict, { verdict: 'WRONG' }>

/** Of a coupon that is created to prepare the load, or by it: it is not there before. */
export function judgeOptionsOf(
  coupon: PlannedCoupon | undefined,
  told: readonly HistoryEntry[],
): JudgeOptions {
  const created = told.find(({ operation, outcome, attempt }) => {
    return operation === 'create' && outcome.kind === 'done' && (!coupon || attempt === -1)
  })
  return {
    useLimit: coupon?.limit ?? 0,
    userLimit: coupon?.userLimit ?? created?.userLimit ?? 1,
    existsAtFirst: created === undefined && coupon !== undefined,
    budget: BUDGET,
  }
}

/** One coupon of the code after the other, each by its ordinals. Which came first the first id of each says. */
function likelyOrderOf(logged: readonly LoggedRedemption[]): readonly string[] {
  const firstIds = new Map<string, string>()
  for (const { couponId, redemptionId } of logged) {
    const first = firstIds.get(couponId)
    if (first === undefined || redemptionId < first) firstIds.set(couponId, redemptionId)
  }
  // Of one coupon it is of no use.
  if (firstIds.size < 2) return []
  return [...Map.groupBy(logged, ({ couponId }) => couponId)]
    .sort(([a], [b]) => ((firstIds.get(a) ?? '') < (firstIds.get(b) ?? '') ? -1 : 1))
    .flatMap(([, rows]) => rows.toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0)))
    .map(({ redemptionId }) => redemptionId)
}

/** A grant without an ordinal, where others have one: then none of them says anything about the order. */
function findWithoutOrdinal({ operations, entries }: ToldOperations): HistoryEntry | undefined {
  const isGrant = ({ result }: Operation) => result.outcome === 'granted'
  const has = ({ result }: Operation) => 'ordinal' in result && result.ordinal !== null
  if (!operations.some(has)) return undefined
  const index = operations.findIndex((operation) => isGrant(operation) && !has(operation))
  return entries[index]
}

function withoutOrdinals({ operations, entries }: ToldOperations): ToldOperations {
  return {
    operations: operations.map((operation) =>
      operation.result.outcome === 'granted'
        ? ({ ...operation, result: { ...operation.result, ordinal: null } } as Operation)
        : operation,
    ),
    entries,
  }
}

function showOne(entry: HistoryEntry, startsAt: number, after: string): Omit<Finding, 'rule'> {
  const call = showCall(entry)
  return { calls: [call], found: describeCall(call, startsAt) + after }
}

function showIn({ operations, entries }: ToldOperations, operation: Operation): ShownCall {
  return showCall(entries[operations.indexOf(operation)] as HistoryEntry)
}
