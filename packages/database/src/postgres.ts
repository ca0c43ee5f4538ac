import pg from 'pg'
import {
  type Database,
  DatabaseBusyError,
  DatabaseUnavailableError,
  type Queryable,
} from './database.ts'

export interface PostgresOptions {
  /** Most connections this process opens. Default 10. */
  readonly poolSize?: number
  /** Longest wait for a connection of the pool, in milliseconds. Default 5000. */
  readonly connectionTimeoutMs?: number
  /** Longest wait for one lock, in milliseconds. Default 5000. */
  readonly lockTimeoutMs?: number
}

/**
 * The transaction was undone by PostgreSQL itself: 55P03 lock_not_available, 57014 query_canceled (statement
 * timeout), 40P01 deadlock_detected, 40001 serialization_failure, 53300 too_many_connections.
 */
const BUSY_STATES = new Set(['55P03', '57014', '40P01', '40001', '53300'])

/** Classes 08 (connection), 57P (shutdown, crash) and the errors of a socket. */
const UNAVAILABLE =
  /^(08...|57P0.|ECONN.*|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/

/**
 * Connects to a PostgreSQL server, version 15 or newer, at `url` (`postgres://user:password@host/database`).
 * Connections are opened when they are needed; a server that is down shows in the first call.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Database {
  const { poolSize = 10, connectionTimeoutMs = 5_000, lockTimeoutMs = 5_000 } = options
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: 2 * lockTimeoutMs,
    lock_timeout: lockTimeoutMs,
    application_name: 'coupon-gateway',
  })
  // The pool drops an idle connection that breaks; without a listener the process would end instead.
  pool.on('error', () => {})
  const nameOf = nameStatements()

  return {
    ...queryable(pool, nameOf),
    async transaction(work) {
      const client = await explainErrors(() => pool.connect())
      const transaction = queryable(client, nameOf)
      try {
        await transaction.execute('begin')
        const result = await work(transaction)
        await transaction.execute('commit')
        client.release()
        return result
      } catch (error) {
        const isRolledBack = await client.query('rollback').then(
          () => true,
          () => false,
        )
        // A connection that could not even roll back is closed, and its transaction with it.
        client.release(!isRolledBack)
        throw error
      }
    },
    close: () => pool.end(),
  }
}

function queryable(
  runner: { query: pg.Pool['query'] },
  nameOf: (sql: string) => string,
): Queryable {
  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      const statement = { name: nameOf(sql), text: sql, values: [...parameters] }
      const { rows } = await explainErrors(() => runner.query(statement))
      return rows as Row[]
    },
    async execute(script) {
      await explainErrors(() => runner.query(script))
    },
  }
}

/**
 * Named statements are planned once a connection. Statement texts are constants of this code base,
 * so the map of names stays small.
 */
function nameStatements(): (sql: string) => string {
  const names = new Map<string, string>()
  return function nameOf(sql) {
    const known = names.get(sql)
    if (known !== undefined) return known
    const name = `statement_${names.size + 1}`
    names.set(sql, name)
    return name
  }
}

async function explainErrors<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (BUSY_STATES.has(code) || message.startsWith('timeout exceeded when trying to connect')) {
      throw new DatabaseBusyError('the database is busy', { cause: error })
    }
    if (UNAVAILABLE.test(code) || message.startsWith('Connection terminated')) {
      throw new DatabaseUnavailableError('the database cannot be reached', { cause: error })
    }
    throw error
  }
}
