import type { Database, Queryable } from '@coupon-gateway/database'

/** A database that remembers what it refused, and stops statements where a test says so. */
export interface ObservedDatabase extends Database {
  /** What statements failed with, also where the core went on and succeeded. */
  readonly errors: readonly Error[]
}

/** Stops every statement whose text has `fragment` before it is sent, until it is opened. */
export interface Gate {
  readonly fragment: string
  readonly waiting: number
  /** Resolves at once when the gate is open. */
  pass(): Promise<void>
  open(): void
}

export function createGate(fragment: string): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isOpen = false
  let waiting = 0
  return {
    fragment,
    get waiting() {
      return waiting
    },
    async pass() {
      if (isOpen) return
      waiting += 1
      await promise
      waiting -= 1
    },
    open() {
      isOpen = true
      resolve()
    },
  }
}

/** @param gates may grow while the database is in use */
export function observe(database: Database, gates: readonly Gate[]): ObservedDatabase {
  const errors: Error[] = []

  async function watch<Result>(sql: string, run: () => Promise<Result>): Promise<Result> {
    for (const gate of gates) if (sql.includes(gate.fragment)) await gate.pass()
    try {
      return await run()
    } catch (error) {
      errors.push(error as Error)
      throw error
    }
  }
  const queryable = (inner: Queryable): Queryable => ({
    query: (sql, parameters) => watch(sql, () => inner.query(sql, parameters)),
    execute: (script) => watch(script, () => inner.execute(script)),
  })
  return {
    ...queryable(database),
    transaction: (work, ...options) =>
      database.transaction((inner) => work(queryable(inner)), ...options),
    close: () => database.close(),
    errors,
  }
}
