import type { Database } from '@coupon-gateway/database'
import pLimit from 'p-limit'

/** A database for one piece of long work. @param signal ends its calls that are still in line */
export type DatabaseInTurns = (signal?: AbortSignal) => Database

/**
 * The same database for work that can wait: so many calls at a time, the others in the order in which they came. Each of
 * many readers of long answers always has its next call ready, and without a limit they would have every connection, and
 * a redemption would stand in line behind all of them.
 *
 * @param mostAtOnce calls under way at a time, a transaction being one
 */
export function limitCalls(database: Database, mostAtOnce: number): DatabaseInTurns {
  const limit = pLimit(mostAtOnce)
  return function inTurns(signal) {
    const inTurn = <Result>(call: () => Promise<Result>) =>
      limit(() => {
        signal?.throwIfAborted()
        return call()
      })
    return {
      query: (sql, parameters) => inTurn(() => database.query(sql, parameters)),
      execute: (script) => inTurn(() => database.execute(script)),
      transaction: (work, options) => inTurn(() => database.transaction(work, options)),
      close: () => database.close(),
    }
  }
}
