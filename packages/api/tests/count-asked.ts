import type { Database } from '@coupon-gateway/database'

/** A database that counts what it is asked: each query by itself, a transaction as one. */
export function countAsked(database: Database) {
  const asked = { times: 0 }
  const counting: Database = {
    ...database,
    query(...args) {
      asked.times += 1
      return database.query(...args)
    },
    transaction(...args) {
      asked.times += 1
      return database.transaction(...args)
    },
  }
  return { asked, database: counting }
}
