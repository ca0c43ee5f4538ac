import type { BudgetState, CallerBudgets } from './caller-budget.ts'
import type { GatewayKey } from './gateway-keys.ts'
import { toGraphQLError } from './upstream-errors.ts'

/** The upstream calls of one operation. */
export interface UpstreamCalls {
  /**
   * Makes a call: takes it from the caller's budget, passes the request id on, and translates its failure.
   * @throws GraphQLError with a code of the contract
   */
  make<Result>(call: (options: { readonly requestId: string }) => Promise<Result>): Promise<Result>
  /** Calls made so far. */
  count(): number
  readBudget(): Promise<BudgetState>
}

export function createUpstreamCalls(
  budgets: CallerBudgets,
  caller: GatewayKey,
  requestId: string,
): UpstreamCalls {
  let count = 0
  return {
    async make(call) {
      await budgets.charge(caller)
      count += 1
      try {
        return await call({ requestId })
      } catch (error) {
        throw toGraphQLError(error)
      }
    },
    count: () => count,
    readBudget: () => budgets.read(caller),
  }
}
