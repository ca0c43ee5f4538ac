import { setImmediate as nextTurn } from 'node:timers/promises'
import { type BudgetState, CALL_COST, type CallerBudgets } from './caller-budget.ts'
import { FAILED_GUESS_COST, isFailedGuess } from './failed-guess.ts'
import type { GatewayKey } from './gateway-keys.ts'
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
  /** What was charged, once the calls of the fields beside have come to their end. */
  costWhenDone(): Promise<number>
  readBudget(): Promise<BudgetState>
}

export function createUpstreamCalls(
  budgets: CallerBudgets,
  caller: GatewayKey,
  requestId: string,
): UpstreamCalls {
  let cost = 0
  const underWay = new Set<Promise<unknown>>()

  async function chargeAndCall<Result extends object>(
    call: (options: CallOptions) => Promise<Result>,
  ): Promise<Result> {
    await budgets.charge(caller)
    cost += CALL_COST
    const result = await call({ requestId }).catch((error) => {
      throw toGraphQLError(error)
    })
    if (isFailedGuess(result)) {
      await budgets.penalize(caller, FAILED_GUESS_COST - CALL_COST)
      cost += FAILED_GUESS_COST - CALL_COST
    }
    return result
  }

  return {
    make(call) {
      const result = chargeAndCall(call)
      const settled: Promise<unknown> = result
        .catch(() => {})
        .finally(() => underWay.delete(settled))
      underWay.add(settled)
      return result
    },
    async costWhenDone() {
      // Fields of a query run side by side: after this turn, those beside have begun their calls.
      await nextTurn()
      while (underWay.size > 0) await Promise.all(underWay)
      return cost
    },
    readBudget: () => budgets.read(caller),
  }
}
