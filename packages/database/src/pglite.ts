import { join } from 'node:path'
import { messages, PGlite } from '@electric-sql/pglite'
import { lockDataDirectory } from './data-directory-lock.ts'
import { type Database, DatabaseBusyError, type Queryable } from './database.ts'
import { explainError } from './explain-error.ts'

export interface PgliteOptions {
  /**
   * Calls that may be under way at a time, of which one runs and the others wait. One more is refused with
   * DatabaseBusyError. Statements of a transaction count as one call. Default 10,000.
   */
  readonly maxCalls?: number
}

/**
 * Opens the embedded database in `dataDirectory`, which is created when missing.
 * It has one connection, so statements and transactions run one after the other.
 *
 * @throws DataDirectoryInUseError when another process has the folder open
 * @throws DataDirectoryUnusableError when the folder cannot be written
 */
export async function openPglite(
  dataDirectory: string,
  { maxCalls = 10_000 }: PgliteOptions = {},
): Promise<Database> {
  const lock = lockDataDirectory(dataDirectory)
  let pglite: PGlite
  try {
    pglite = await PGlite.create(join(dataDirectory, 'pglite'))
  } catch (error) {
    lock.release()
    throw error
  }
  const admit = limitCalls(maxCalls)
  const { query, execute } = queryable(pglite)
  return {
    isEmbedded: true,
    query: (sql, parameters) => admit(() => query(sql, parameters)),
    execute: (script) => admit(() => execute(script)),
    transaction: (work) =>
      admit(() =>
        explainErrors(() => pglite.transaction((transaction) => work(queryable(transaction)))),
      ),
    async close() {
      await pglite.close()
      lock.release()
    },
  }
}

/** PGlite lets calls wait without end: their parameters would fill the memory. */
function limitCalls(maxCalls: number) {
  let calls = 0
  return async function admit<Result>(call: () => Promise<Result>): Promise<Result> {
    if (calls >= maxCalls) {
      throw new DatabaseBusyError(`the embedded database has ${maxCalls} calls to do already`)
    }
    calls += 1
    try {
      return await call()
    } finally {
      calls -= 1
    }
  }
}

function queryable(runner: Pick<PGlite, 'query' | 'exec'>): Queryable {
  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      const { rows } = await explainErrors(() => runner.query<Row>(sql, [...parameters]))
      return rows
    },
    async execute(script) {
      await explainErrors(() => runner.exec(script))
    },
  }
}

/** What the work of a transaction throws on its own passes as it is. */
async function explainErrors<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    const isOfPglite =
      error instanceof messages.DatabaseError ||
      (error instanceof Error && error.message === 'PGlite is closed')
    throw isOfPglite ? explainError(error, 'the embedded database') : error
  }
}
