import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import {
  type Asker,
  type BudgetState,
  CALL_COST,
  type CallBudgets,
} from './budgets/call-budgets.ts'
import { FAILED_GUESS_COST, isFailedGuess } from './budgets/failed-guess.ts'
import { toGraphQLError } from './upstream-errors.ts'

interface CallOptions {
  readonly requestId: string
}

/** The upstream calls of one operation. */
export interface UpstreamCalls {
  /**
   * Makes a call: takes it from the caller's budgets, passes the request id on, and translates its failure. A
   * failed guess is charged with more once it is answered.
   * @param code the code it asks about, if any
   * @throws GraphQLError with a code of the contract
   */
  make<Result extends object>(
    call: (options: CallOptions) => Promise<Result>,
    code?: CouponCode,
  ): Promise<Result>
  /**
   * Makes one call that asks about several codes, each of which pays as if it were asked alone. Those that the
   * budgets have nothing left for are not asked: their place has the refusal.
   * @param call answers in the order asked
   */
  makeForEach<Question extends { readonly code: CouponCode }, Result extends object>(
    questions: readonly Question[],
    call: (questions: readonly Question[], options: CallOptions) => Promise<readonly Result[]>,
  ): Promise<readonly (Result | Error)[]>
  /** What was charged, once the calls of the fields beside have come to their end. */
  costWhenDone(): Promise<number>
  readBudget(): BudgetState
}

export function createUpstreamCalls(
  budgets: CallBudgets,
  asker: Asker,
  requestId: string,
): UpstreamCalls {
  let cost = 0
  const underWay = new Set<Promise<unknown>>()

  function charge(code: CouponCode | undefined): void {
    budgets.charge(asker, code)
    cost += CALL_COST
  }

  function chargeIfFailedGuess(answer: object, code: CouponCode | undefined): void {
    if (!isFailedGuess(answer)) return
    budgets.chargeFailedGuess(asker, code)
    cost += FAILED_GUESS_COST - CALL_COST
  }

  async function chargeAndCall<Result extends object>(
    call: (options: CallOptions) => Promise<Result>,
    code: CouponCode | undefined,
  ): Promise<Result> {
    charge(code)
    try {
      const result = await call({ requestId }).catch(throwTranslated)
      chargeIfFailedGuess(result, code)
      return result
    } finally {
      budgets.end(asker, code)
    }
  }

  async function askPaid<Question extends { readonly code: CouponCode }, Result extends object>(
    paid: readonly Question[],
    call: (questions: readonly Question[], options: CallOptions) => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    if (paid.length === 0) return []
    try {
      const results = await call(paid, { requestId }).catch(throwTranslated)
      if (results.length !== paid.length) {
        throw new Error(`a call for ${paid.length} questions was answered with ${results.length}`)
      }
      for (const [index, result] of results.entries()) {
        chargeIfFailedGuess(result, paid[index]?.code)
      }
      return results
    } finally {
      for (const { code } of paid) budgets.end(asker, code)
    }
  }

  async function chargeAndCallForEach<
    Question extends { readonly code: CouponCode },
    Result extends object,
  >(
    questions: readonly Question[],
    call: (questions: readonly Question[], options: CallOptions) => Promise<readonly Result[]>,
  ): Promise<readonly (Result | Error)[]> {
    const refusals = questions.map(({ code }) => refusalOf(() => charge(code)))
    const paid = questions.filter((_, index) => refusals[index] === undefined)
    const results = await askPaid(paid, call)
    let next = 0
    return refusals.map((refusal) => refusal ?? (results[next++] as Result))
  }

  function track<Result>(result: Promise<Result>): Promise<Result> {
    const settled: Promise<unknown> = result.catch(() => {}).finally(() => underWay.delete(settled))
    underWay.add(settled)
    return result
  }

  return {
    make: (call, code) => track(chargeAndCall(call, code)),
    makeForEach: (questions, call) => track(chargeAndCallForEach(questions, call)),
    async costWhenDone() {
      // Fields of a query run side by side: after this turn, those beside have begun their calls.
      await nextTurn()
      while (underWay.size > 0) await Promise.all(underWay)
      return cost
    },
    readBudget: () => budgets.read(asker),
  }
}

/** What a charge was refused with; undefined when it was not. */
function refusalOf(charge: () => void): Error | undefined {
  try {
    charge()
    return undefined
  } catch (refusal) {
    return refusal as Error
  }
}

function throwTranslated(error: unknown): never {
  throw toGraphQLError(error)
}
