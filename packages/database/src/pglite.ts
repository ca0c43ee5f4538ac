import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { lockDataDirectory } from './data-directory-lock.ts'
import type { Database, Queryable } from './database.ts'

/**
 * Opens the embedded database in `dataDirectory`, which is created when missing.
 * It has one connection, so statements and transactions run one after the other.
 *
 * @throws DataDirectoryInUseError when another process has the folder open
 */
export async function openPglite(dataDirectory: string): Promise<Database> {
  const lock = lockDataDirectory(dataDirectory)
  let pglite: PGlite
  try {
    pglite = await PGlite.create(join(dataDirectory, 'pglite'))
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    ...queryable(pglite),
    transaction: (work) => pglite.transaction((transaction) => work(queryable(transaction))),
    async close() {
      await pglite.close()
      lock.release()
    },
  }
}

function queryable(runner: Pick<PGlite, 'query' | 'exec'>): Queryable {
  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      const { rows } = await runner.query<Row>(sql, [...parameters])
      return rows
    },
    async execute(script) {
      await runner.exec(script)
    },
  }
}
