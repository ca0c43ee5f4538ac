import pg from 'pg'
import { type Database, DatabaseUnavailableError, type Queryable } from './database.ts'
import { explainError } from './explain-error.ts'

export interface PostgresOptions {
  /** Most connections this process opens. Default 10. */
  readonly poolSize?: number
  /** Longest wait for a connection of the pool, in milliseconds. Default 5000. */
  readonly connectionTimeoutMs?: number
  /**
   * Longest wait for one lock, in milliseconds. Default 5000. A statement may take twice as long, a transaction
   * may be idle twice as long, and a server that answers nothing for three times as long counts as lost.
   */
  readonly lockTimeoutMs?: number
}

/** When a silent connection is first asked whether the other end is there: well within a balancer's patience. */
const KEEP_ALIVE_DELAY_MS = 10_000

/** The longest time that a timer takes, 24 days: `pg` has no way to say "no timeout" of one query. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

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
    lock_timeout: lockTimeoutMs,
    statement_timeout: 2 * lockTimeoutMs,
    // A process that freezes in a transaction would keep its locks from all others for as long as it lives.
    idle_in_transaction_session_timeout: 2 * lockTimeoutMs,
    // Later than the server's own: it ends what only takes too long, and then the outcome is known.
    query_timeout: 3 * lockTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    application_name: 'coupon-gateway',
  })
  // The pool drops an idle connection that breaks; without a listener the process would end instead.
  pool.on('error', () => {})
  // So it would by one that breaks while a transaction has it, which learns of it by its next statement.
  pool.on('connect', (client) => client.on('error', () => {}))
  const nameOf = nameStatements()
  const server = describeServer(url)

  async function run(runner: Runner, statement: Statement): Promise<pg.QueryResult> {
    try {
      return await runner.query(statement)
    } catch (error) {
      throw explainError(error, server)
    }
  }

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      throw explainError(error, server)
    }
  }

  return {
    ...queryable((statement) => run(pool, statement), nameOf),
    async transaction(work, { mayRunLong = false } = {}) {
      const client = await connect()
      const limits = mayRunLong ? { query_timeout: LONGEST_TIMEOUT_MS } : {}
      let loss: DatabaseUnavailableError | undefined
      const transaction = queryable(async (statement) => {
        // After a timeout the answer to one statement could be taken for the answer to the next.
        if (loss !== undefined) throw loss
        try {
          return await run(client, { ...statement, ...limits })
        } catch (error) {
          if (error instanceof DatabaseUnavailableError) loss = error
          throw error
        }
      }, nameOf)
      try {
        await transaction.execute('begin')
        if (mayRunLong) {
          await transaction.execute('set local lock_timeout = 0; set local statement_timeout = 0')
        }
        const result = await work(transaction)
        await transaction.execute('commit')
        client.release()
        return result
      } catch (error) {
        const isRolledBack = loss === undefined && (await rollBack(client))
        // A connection that could not even roll back is closed, and its transaction with it.
        client.release(!isRolledBack)
        throw error
      }
    },
    close: () => pool.end(),
  }
}

type Statement = pg.QueryConfig & { query_timeout?: number }

interface Runner {
  query(statement: Statement): Promise<pg.QueryResult>
}

/** Host and port as `pg` reads them from the URL and the environment, without user and password. */
function describeServer(url: string): string {
  const { host, port } = new pg.Client({ connectionString: url })
  return `PostgreSQL at ${host.includes(':') ? `[${host}]` : host}:${port}`
}

function queryable(
  run: (statement: Statement) => Promise<pg.QueryResult>,
  nameOf: (sql: string) => string,
): Queryable {
  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      const { rows } = await run({ name: nameOf(sql), text: sql, values: [...parameters] })
      return rows as Row[]
    },
    async execute(script) {
      await run({ text: script })
    },
  }
}

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return true
  } catch {
    return false
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
