import {
  DatabaseUnavailableError,
  DataDirectoryInUseError,
  DataDirectoryUnusableError,
  type MigrationState,
} from '@coupon-gateway/database'
import type { ListedKey } from '../api-keys.ts'
import type { ApiSettings } from '../settings.ts'
import type { ServerFacts } from './server-facts.ts'

/** One thing that `doctor` looked at, and what it thinks of it. */
export interface Finding {
  readonly check: string
  /** `warning`: it works, and may surprise. `failed`: the service would not start, or could lose coupons. */
  readonly state: 'ok' | 'warning' | 'failed'
  readonly found: string
  /** What to do about it. */
  readonly advice?: string
}

/** What the statements of the core need; see the README. */
const OLDEST_VERSION = 150_000
/** Periods are judged by the database's clock, what is logged by the process's: a person should see no difference. */
const CLOCK_WARNING_MS = 1_000
/** Webhook receivers refuse a signature that is a minute off. */
const CLOCK_FAILURE_MS = 30_000
/** Four lanes of a process lock up to 256 codes each in one batch, and as many idempotency keys beside. */
const LOCKS_OF_ONE_PROCESS = 4 * 256 * 2

export function diagnoseSettings({ database, demo }: ApiSettings): readonly Finding[] {
  return [
    {
      check: 'settings',
      state: 'ok',
      found:
        database.kind === 'postgres'
          ? `PostgreSQL (DATABASE_URL), pool of ${database.poolSize}`
          : `embedded database in ${database.dataDirectory} (DATABASE_URL is not set)`,
    },
    database.kind === 'postgres' && demo
      ? {
          check: 'demo',
          state: 'warning',
          found: 'DEMO is true: keys that everybody knows are accepted',
          advice: 'leave DEMO unset where the database is real',
        }
      : { check: 'demo', state: 'ok', found: demo ? 'demo keys and coupons' : 'off' },
  ]
}

/** The demo's keys outlive DEMO in a database that had them once. No key that was made here begins as they do. */
export function diagnoseDemoKeys(
  keys: readonly Pick<ListedKey, 'id' | 'hint' | 'revokedAt'>[],
  { demo }: Pick<ApiSettings, 'demo'>,
): readonly Finding[] {
  const living = keys.filter(
    ({ hint, revokedAt }) => hint.startsWith('demo_') && revokedAt === null,
  )
  if (demo || living.length === 0) return []
  return [
    {
      check: 'demo',
      state: 'warning',
      found: 'keys that everybody knows are accepted: the database had the demo once',
      advice: `end them: ${living.map(({ id }) => `coupon key revoke ${id}`).join(', ')}`,
    },
  ]
}

/** @throws error itself where it is none of a database that cannot be opened */
export function diagnoseNoDatabase(error: unknown): readonly Finding[] {
  const isNoDatabase =
    error instanceof DatabaseUnavailableError ||
    error instanceof DataDirectoryInUseError ||
    error instanceof DataDirectoryUnusableError
  if (!isNoDatabase) throw error
  return [{ check: 'database', state: 'failed', found: error.message }]
}

export function diagnoseServer(
  facts: ServerFacts,
  database: ApiSettings['database'],
): readonly Finding[] {
  const common = [versionOf(facts), encodingOf(facts), clockOf(facts)]
  // The embedded database has one connection, and what it writes is flushed by this process's own file system.
  if (database.kind === 'pglite') return common
  return [
    ...common,
    roleOf(facts),
    durabilityOf(facts),
    connectionsOf(facts, database.poolSize),
    locksOf(facts),
  ]
}

export function diagnoseMigrations(migrations: readonly MigrationState[]): readonly Finding[] {
  const namesOf = (state: MigrationState['state']) =>
    migrations.filter((it) => it.state === state).map(({ room, name }) => `${room}/${name}`)
  const changed = namesOf('changed')
  const unknown = namesOf('unknown')
  const pending = namesOf('pending')
  const check = 'migrations'
  const findings: Finding[] = []
  if (changed.length > 0) {
    findings.push({
      check,
      state: 'failed',
      found: `changed after they ran: ${changed.join(', ')}`,
      advice: 'the service will not start; undo the change and write a new migration',
    })
  }
  if (unknown.length > 0) {
    findings.push({
      check,
      state: 'warning',
      found: `of a newer version than this one: ${unknown.join(', ')}`,
      advice: 'run the newer version',
    })
  }
  if (pending.length > 0) {
    findings.push({
      check,
      state: 'warning',
      found: `pending: ${pending.join(', ')}`,
      advice: 'the next start of the service runs them',
    })
  }
  return findings.length > 0
    ? findings
    : [{ check, state: 'ok', found: `all ${migrations.length} ran` }]
}

function versionOf({ version, versionText }: ServerFacts): Finding {
  const found = `PostgreSQL ${versionText}`
  return version >= OLDEST_VERSION
    ? { check: 'database', state: 'ok', found }
    : { check: 'database', state: 'failed', found, advice: 'it must be version 15 or newer' }
}

function encodingOf({ encoding }: ServerFacts): Finding {
  const check = 'encoding'
  return encoding === 'UTF8'
    ? { check, state: 'ok', found: encoding }
    : { check, state: 'failed', found: encoding, advice: 'create the database with encoding UTF8' }
}

function clockOf({ clockAheadMs, roundTripMs }: ServerFacts): Finding {
  const aheadMs = Math.max(0, Math.abs(clockAheadMs) - Math.ceil(roundTripMs / 2))
  const direction = clockAheadMs < 0 ? 'behind' : 'ahead of'
  const found = `the database is ${Math.abs(clockAheadMs)} ms ${direction} this process, ± ${Math.ceil(roundTripMs / 2)} ms`
  const check = 'clock'
  if (aheadMs < CLOCK_WARNING_MS) return { check, state: 'ok', found }
  const advice = 'set both clocks by NTP'
  return { check, state: aheadMs < CLOCK_FAILURE_MS ? 'warning' : 'failed', found, advice }
}

function roleOf({ isReplica }: ServerFacts): Finding {
  const check = 'role'
  return isReplica
    ? {
        check,
        state: 'failed',
        found: 'a read-only replica',
        advice: 'set DATABASE_URL to the primary',
      }
    : { check, state: 'ok', found: 'primary' }
}

function durabilityOf({ fsync, fullPageWrites, synchronousCommit }: ServerFacts): Finding {
  const check = 'durability'
  const found = `fsync ${fsync}, full_page_writes ${fullPageWrites}, synchronous_commit ${synchronousCommit}`
  if (fsync !== 'on' || fullPageWrites !== 'on') {
    return {
      check,
      state: 'failed',
      found,
      advice: 'after a crash the database may be damaged; turn both on',
    }
  }
  return synchronousCommit === 'off'
    ? {
        check,
        state: 'failed',
        found,
        advice:
          'redemptions that were answered may be gone after a crash, and be redeemed twice; turn synchronous_commit on',
      }
    : { check, state: 'ok', found }
}

function connectionsOf(
  { maxConnections, reservedConnections, connections }: ServerFacts,
  poolSize: number,
): Finding {
  const check = 'connections'
  const usable = maxConnections - reservedConnections
  const found = `${connections} of ${usable} in use; one process takes up to ${poolSize}`
  if (poolSize > usable) {
    return {
      check,
      state: 'failed',
      found,
      advice: 'lower DATABASE_POOL_SIZE or raise max_connections',
    }
  }
  return connections - 1 + poolSize > usable
    ? {
        check,
        state: 'warning',
        found,
        advice:
          'no room for the whole pool of one more process; lower DATABASE_POOL_SIZE or raise max_connections',
      }
    : { check, state: 'ok', found }
}

function locksOf(facts: ServerFacts): Finding {
  const { maxLocksPerTransaction, maxConnections, maxPreparedTransactions } = facts
  const check = 'locks'
  const inAll = maxLocksPerTransaction * (maxConnections + maxPreparedTransactions)
  const found = `room for ${inAll} (max_locks_per_transaction ${maxLocksPerTransaction}); a busy process takes up to ${LOCKS_OF_ONE_PROCESS}`
  return inAll >= LOCKS_OF_ONE_PROCESS
    ? { check, state: 'ok', found }
    : {
        check,
        state: 'warning',
        found,
        advice:
          'raise max_locks_per_transaction, or large batches fail with "out of shared memory"',
      }
}
