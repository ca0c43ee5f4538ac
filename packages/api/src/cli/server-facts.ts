import type { Queryable } from '@coupon-gateway/database'

/** What a database server says about itself. */
export interface ServerFacts {
  /** As a number that sorts: 180001 is 18.1. */
  readonly version: number
  readonly versionText: string
  readonly fsync: string
  readonly fullPageWrites: string
  readonly synchronousCommit: string
  readonly encoding: string
  readonly isReplica: boolean
  readonly maxConnections: number
  /** Kept back for superusers and the like. */
  readonly reservedConnections: number
  /** Connections of clients now, this one included. */
  readonly connections: number
  readonly maxLocksPerTransaction: number
  readonly maxPreparedTransactions: number
  /** How far the server's clock is ahead of this process's, in milliseconds; negative when behind. */
  readonly clockAheadMs: number
  /** The clocks were compared over one round trip, so the figure above is right but for half of this. */
  readonly roundTripMs: number
}

/** Asks a database what `doctor` judges. */
export async function readServerFacts(database: Queryable): Promise<ServerFacts> {
  // The first call opens the connection, which would count as a round trip.
  const [facts] = await database.query<Omit<ServerFacts, 'clockAheadMs' | 'roundTripMs'>>(`
    select current_setting('server_version_num')::int as version,
      current_setting('server_version') as "versionText",
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as "fullPageWrites",
      current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as "isReplica",
      current_setting('max_connections')::int as "maxConnections",
      current_setting('superuser_reserved_connections')::int as "reservedConnections",
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      current_setting('max_locks_per_transaction')::int as "maxLocksPerTransaction",
      current_setting('max_prepared_transactions')::int as "maxPreparedTransactions"`)
  if (facts === undefined) throw new Error('the server says nothing about itself')
  const askedAt = Date.now()
  const [clock] = await database.query<{ serverTime: string }>(
    `select round(extract(epoch from clock_timestamp()) * 1000)::text as "serverTime"`,
  )
  const answeredAt = Date.now()
  const roundTripMs = answeredAt - askedAt
  return {
    ...facts,
    clockAheadMs: Math.round(Number(clock?.serverTime) - (askedAt + roundTripMs / 2)),
    roundTripMs,
  }
}
