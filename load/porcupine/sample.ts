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
const MOST_OPERATIONS = 200

/**
 * The beginning of a history up to a moment at which nothing was open, as long as a sample may be: where the whole is
 * right it is, too. Undefined where it has no such beginning, or a hold in it may end by itself, which the other
 * checker does not know.
 */
export function takeSample(
  name: string,
  history: readonly Operation[],
  options: JudgeOptions,
): Sample | undefined {
  const inOrder = history.toSorted((a, b) => a.calledAt - b.calledAt)
  let length = 0
  let endsAt = Number.NEGATIVE_INFINITY
  for (const [index, { calledAt, returnedAt }] of inOrder.entries()) {
    if (index > MOST_OPERATIONS) break
    if (calledAt > endsAt) length = index
    endsAt = Math.max(endsAt, returnedAt)
  }
  if (inOrder.length <= MOST_OPERATIONS) length = inOrder.length
  const operations = inOrder.slice(0, length)
  if (operations.length === 0 || operations.some(mayEndByItself)) return undefined
  return { name, options, operations, ours: judgeCoupon(operations, options).verdict }
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
