import type { Database } from '@coupon-gateway/database'
import pLimit from 'p-limit'

/**
 * The same database for work that can wait: so many calls at a time, the others in the order in which they came. Each of
 * many readers of long answers always has its next call ready, and without a limit they would have every connection, and
 * a redemption would stand in line behind all of them.
 *
 * @param mostAtOnce calls under way at a time, a transaction being one
 */
export function limitCalls(database: Database, mostAtOnce: number): Database {
  const inTurn = pLimit(mostAtOnce)
  return {
    query: (sql, parameters) => inTurn(() => database.query(sql, parameters)),
    execute: (script) => inTurn(() => database.execute(script)),
    transaction: (work, options) => inTurn(() => database.transaction(work, options)),
    close: () => database.close(),
  }
}
