import {
  type CouponVerdict,
  type JudgeOptions,
  judgeCoupon,
  type Operation,
} from '@coupon-gateway/linearizability'

/** A history of one coupon for both checkers, with what ours says of it. */
export interface Sample {
  readonly name: string
  readonly options: JudgeOptions
  readonly operations: readonly Operation[]
  readonly ours: CouponVerdict['verdict']
}

/** What a checker without shortcuts decides in a moment. */
const MOST_OPERATIONS = 120

/**
 * A part of a history that is right where the whole is, short enough for a sample: the operations up to a grant, as the
 * ordinals tell them. Undefined where there is no such part, or a hold may end by itself, which the other checker does
 * not know.
 */
export function takeSample(
  name: string,
  history: readonly Operation[],
  options: JudgeOptions,
): Sample | undefined {
  if (history.length === 0 || history.some(mayEndByItself)) return undefined
  const operations = dropReads(
    history.filter(isChange).length <= MOST_OPERATIONS ? history : beginningOf(history),
  )
  if (operations.length === 0) return undefined
  return { name, options, operations, ours: judgeCoupon(operations, options).verdict }
}

/**
 * What came before a grant in every order, cut there: the grants before it, the answers that had returned when it was
 * called, and what was done about their units. A step that was open then may have come later, so it is given until
 * the end: nothing else of the sample depends on when.
 */
function beginningOf(history: readonly Operation[]): readonly Operation[] {
  const grants = history.filter((it) => it.result.outcome === 'granted').toSorted(byOrdinal)
  const isInTheWay = (it: Operation) => MANAGEMENT.has(it.kind) || ordinalOf(it) === null
  if (grants.some(isInTheWay) || history.some((it) => MANAGEMENT.has(it.kind))) return []
  // A unit has two steps at most after its grant.
  const first = grants.slice(0, MOST_OPERATIONS / 4)
  const next = grants[first.length]
  if (next === undefined) return []
  const units = new Set(first.map((it) => ('id' in it.result ? it.result.id : '')))
  const before = history.filter((operation) => {
    if (operation.result.outcome === 'granted') return units.has(operation.result.id)
    if (!isChange(operation)) return operation.returnedAt < next.calledAt
    return 'id' in operation && units.has(operation.id) && operation.calledAt <= next.returnedAt
  })
  const endsAt = before.reduce((latest, { returnedAt }) => Math.max(latest, returnedAt), 0)
  return before.map((operation) =>
    operation.result.outcome === 'done' && operation.returnedAt >= next.calledAt
      ? { ...operation, returnedAt: endsAt }
      : operation,
  )
}

/** As few answers that changed nothing as fit, spread over all of them: without any of them the rest is as right. */
function dropReads(history: readonly Operation[]): readonly Operation[] {
  const reads = history.filter((operation) => !isChange(operation))
  const room = Math.max(0, MOST_OPERATIONS - (history.length - reads.length))
  const step = Math.max(1, reads.length / Math.max(1, room))
  const kept = new Set(
    reads.filter(
      (_, index) => room > 0 && Math.floor(index / step) !== Math.floor((index - 1) / step),
    ),
  )
  return history.filter((operation) => isChange(operation) || kept.has(operation))
}

const MANAGEMENT: ReadonlySet<Operation['kind']> = new Set(['create', 'delete', 'change-limit'])

function isChange({ result: { outcome } }: Operation): boolean {
  return outcome === 'granted' || outcome === 'done'
}

function byOrdinal(a: Operation, b: Operation): number {
  return (ordinalOf(a) ?? 0) - (ordinalOf(b) ?? 0)
}

function ordinalOf({ result }: Operation): number | null {
  return 'ordinal' in result ? result.ordinal : null
}

/** The line that Porcupine's program reads. */
export function lineOf({ name, options, operations }: Sample, timeoutMs: number): string {
  const { useLimit, userLimit, existsAtFirst = true } = options
  const startsAt = operations[0]?.calledAt ?? 0
  return JSON.stringify({
    name,
    useLimit,
    userLimit,
    existsAtFirst,
    timeoutMs,
    operations: operations.map((operation) => ({
      kind: operation.kind,
      calledAt: Math.floor(operation.calledAt - startsAt),
      returnedAt: Math.ceil(operation.returnedAt - startsAt),
      ...('userId' in operation ? { user: operation.userId ?? '' } : {}),
      ...('id' in operation ? { unit: operation.id } : {}),
      ...('useLimit' in operation ? { useLimit: operation.useLimit } : {}),
      ...answerOf(operation),
    })),
  })
}

function answerOf({ result }: Operation) {
  switch (result.outcome) {
    case 'granted':
      return { answer: 'granted', unit: result.id, ordinal: result.ordinal ?? 0 }
    case 'rejected':
      return { answer: result.reason }
    default:
      return { answer: result.outcome }
  }
}

function mayEndByItself({ kind, result }: Operation): boolean {
  return (
    (kind === 'reserve' && 'expiresAt' in result && Number.isFinite(result.expiresAt)) ||
    result.outcome === 'expired'
  )
}
