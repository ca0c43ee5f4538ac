import pg from 'pg'

/** Twice the driver's own default. More of them would only wait for the same row. */
const POOL_SIZE = 20

/** A pool that outlives its connections. */
export function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE })
  // A connection that breaks is an event without whose listener the process ends. Who uses it is told by his query.
  pool.on('error', (error) => console.error(String(error)))
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
