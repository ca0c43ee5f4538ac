import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Caller } from './caller.ts'
import { type BudgetState, CALL_COST, type CallerBudgets } from './caller-budget.ts'
import { FAILED_GUESS_COST, isFailedGuess } from './failed-guess.ts'
import { toGraphQLError } from './upstream-errors.ts'

interface CallOptions {
  readonly requestId: string
}

/** The upstream calls of one operation. */
export interface UpstreamCalls {
  /**
   * Makes a call: takes it from the caller's budget, passes the request id on, and translates its failure. A
   * failed guess is charged with more once it is answered.
   * @throws GraphQLError with a code of the contract
   */
  make<Result extends object>(call: (options: CallOptions) => Promise<Result>): Promise<Result>
  /**
   * Makes one call that asks several questions, each of which pays as if it were asked alone. Those that the
   * budget has nothing left for are not asked: their place has the refusal.
   * @param call answers in the order asked
   */
  makeForEach<Question, Result extends object>(
    questions: readonly Question[],
    call: (questions: readonly Question[], options: CallOptions) => Promise<readonly Result[]>,
  ): Promise<readonly (Result | Error)[]>
  /** What was charged, once the calls of the fields beside have come to their end. */
  costWhenDone(): Promise<number>
  readBudget(): Promise<BudgetState>
}

export function createUpstreamCalls(
  budgets: CallerBudgets,
  caller: Caller,
  requestId: string,
): UpstreamCalls {
  let cost = 0
  const underWay = new Set<Promise<unknown>>()

  async function charge(): Promise<void> {
    await budgets.charge(caller)
    cost += CALL_COST
  }

  async function chargeFailedGuess(answer: object): Promise<void> {
    if (!isFailedGuess(answer)) return
    await budgets.penalize(caller, FAILED_GUESS_COST - CALL_COST)
    cost += FAILED_GUESS_COST - CALL_COST
  }

  async function chargeAndCall<Result extends object>(
    call: (options: CallOptions) => Promise<Result>,
  ): Promise<Result> {
    await charge()
    const result = await call({ requestId }).catch(throwTranslated)
    await chargeFailedGuess(result)
    return result
  }

  async function chargeAndCallForEach<Question, Result extends object>(
    questions: readonly Question[],
    call: (questions: readonly Question[], options: CallOptions) => Promise<readonly Result[]>,
  ): Promise<readonly (Result | Error)[]> {
    const refusals = await Promise.all(questions.map(() => charge().catch((refusal) => refusal)))
    const paid = questions.filter((_, index) => refusals[index] === undefined)
    const results = paid.length === 0 ? [] : await call(paid, { requestId }).catch(throwTranslated)
    if (results.length !== paid.length) {
      throw new Error(`a call for ${paid.length} questions was answered with ${results.length}`)
    }
    await Promise.all(results.map(chargeFailedGuess))
    const inOrder = results.values()
    return refusals.map((refusal) => refusal ?? inOrder.next().value)
  }

  function track<Result>(result: Promise<Result>): Promise<Result> {
    const settled: Promise<unknown> = result.catch(() => {}).finally(() => underWay.delete(settled))
    underWay.add(settled)
    return result
  }

  return {
    make: (call) => track(chargeAndCall(call)),
    makeForEach: (questions, call) => track(chargeAndCallForEach(questions, call)),
    async costWhenDone() {
      // Fields of a query run side by side: after this turn, those beside have begun their calls.
      await nextTurn()
      while (underWay.size > 0) await Promise.all(underWay)
      return cost
    },
    readBudget: () => budgets.read(caller),
  }
}

function throwTranslated(error: unknown): never {
  throw toGraphQLError(error)
}
