import type { Ledger } from './ledger.ts'

/** Where the ledger of a key is kept. One change at a time sees it. */
export interface BudgetStore {
  /**
   * Changes the ledger, seen by everybody who uses the store.
   *
   * @param change is given the ledger as it is and the store's time, in milliseconds since 1970
   * @throws Error the store is not there; the change may or may not have been made
   */
  change<Result extends { readonly ledger: Ledger }>(
    change: (ledger: Ledger, nowMs: number) => Result,
  ): Promise<Result>
}
