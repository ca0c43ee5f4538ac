import { createHash } from 'node:crypto'
import pg from 'pg'

/** A load run would do harm to this database. The message says which, why, and what is fit. */
export class UnfitDatabaseError extends Error {
  override readonly name = 'UnfitDatabaseError'
}

const SHOWN_TABLES = 5

/**
 * A load run brings the demo along, whose keys everybody knows, and coupons. It may do so only where nothing is,
 * or where the demo is already.
 *
 * @throws UnfitDatabaseError
 */
export async function assertFitForDemo(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  try {
    await client.connect()
  } catch (error) {
    throw new UnfitDatabaseError(
      `the database of --database-url cannot be reached: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    )
  }
  try {
    const { rows } = await client.query<{ name: string }>(
      // From the catalog, which also has what this user may not read. What extensions bring is nobody's data.
      `select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where relkind in ('r', 'p', 'v', 'm', 'f')
         and nspname <> 'information_schema' and nspname not like 'pg\\_%'
         and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
       order by relname`,
    )
    const tables = rows.map(({ name }) => name)
    if (tables.length === 0 || (await hasDemo(client))) return
    const shown = tables.slice(0, SHOWN_TABLES).join(', ')
    throw new UnfitDatabaseError(
      `the database of --database-url is not empty (${shown}${tables.length > SHOWN_TABLES ? ', …' : ''}), and the demo is not in it. ` +
        'A load run would add the demo to it, whose keys everybody knows: use an empty database, or one that has the demo.',
    )
  } finally {
    await client.end()
  }
}

async function hasDemo(client: pg.Client): Promise<boolean> {
  const keys = await client.query<{ found: boolean }>(
    `select to_regclass('api_key') is not null as found`,
  )
  if (keys.rows[0]?.found !== true) return false
  const { rowCount } = await client.query(
    // Somebody else's table of this name may have no such column.
    `select from api_key where to_jsonb(api_key) ->> 'key_hash' = $1`,
    [createHash('sha256').update('demo_personal_key').digest('hex')],
  )
  return rowCount === 1
}
