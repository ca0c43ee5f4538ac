import type { Database } from '@coupon-gateway/database'
import type { BudgetStore } from './budget-store.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'

const MIGRATIONS = new URL('../../migrations/rate-budget/', import.meta.url)

/** Locks the row, creates it when there is none, and says what time it is once the lock is held. */
const LOCK_LEDGER = `
  insert into rate_budget (key_hash, ledger) values ($1, $2)
  on conflict (key_hash) do update set changed_at = clock_timestamp()
  returning ledger::text as ledger, (extract(epoch from clock_timestamp()) * 1000)::text as now_ms`

const WRITE_LEDGER = 'update rate_budget set ledger = $2 where key_hash = $1'

/**
 * Keeps the ledger of a key in a database: one row a key, and one short transaction a change, by the
 * database's clock. Its table is made at the first change.
 */
export function openDatabaseStore(database: Database, keyHash: string): BudgetStore {
  let isMigrated: Promise<void> | undefined
  return {
    async change(change) {
      isMigrated ??= createTable(database)
      await isMigrated.catch((error) => {
        // The database may be there next time.
        isMigrated = undefined
        throw error
      })
      return database.transaction(async (transaction) => {
        const [row] = await transaction.query<{ ledger: string; now_ms: string }>(LOCK_LEDGER, [
          keyHash,
          JSON.stringify(EMPTY_LEDGER),
        ])
        if (row === undefined) throw new Error('the ledger was neither found nor made')
        const result = change(JSON.parse(row.ledger) as Ledger, Number(row.now_ms))
        await transaction.query(WRITE_LEDGER, [keyHash, JSON.stringify(result.ledger)])
        return result
      })
    },
  }
}

async function createTable(database: Database): Promise<void> {
  // Loaded here: clients without a database need neither PostgreSQL's client nor PGlite.
  const { migrate } = await import('@coupon-gateway/database')
  await migrate(database, 'client-rate-budget', MIGRATIONS)
}
