import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BudgetState, CallerBudgets } from './caller-budget.ts'
import type { GatewayKey } from './gateway-keys.ts'
import { toGraphQLError } from './upstream-errors.ts'

interface CallOptions {
  readonly requestId: string
}

/** The upstream calls of one operation. */
export interface UpstreamCalls {
  /**
   * Makes a call: takes it from the caller's budget, passes the request id on, and translates its failure.
   * @throws GraphQLError with a code of the contract
   */
  make<Result>(call: (options: CallOptions) => Promise<Result>): Promise<Result>
  /** Calls made, once those of the fields beside have come to their end. */
  countWhenDone(): Promise<number>
  readBudget(): Promise<BudgetState>
}

export function createUpstreamCalls(
  budgets: CallerBudgets,
  caller: GatewayKey,
  requestId: string,
): UpstreamCalls {
  let count = 0
  const underWay = new Set<Promise<unknown>>()

  async function chargeAndCall<Result>(call: (options: CallOptions) => Promise<Result>) {
    await budgets.charge(caller)
    count += 1
    try {
      return await call({ requestId })
    } catch (error) {
      throw toGraphQLError(error)
    }
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
    async countWhenDone() {
      // Fields of a query run side by side: after this turn, those beside have begun their calls.
      await nextTurn()
      while (underWay.size > 0) await Promise.all(underWay)
      return count
    },
    readBudget: () => budgets.read(caller),
  }
}
