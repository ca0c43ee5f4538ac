import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Database, Queryable } from './database.ts'

/** Any constant will do, as long as every process that migrates one database uses the same. */
const MIGRATION_LOCK = 7_234_501

/**
 * Brings a database to the newest version: runs the `.sql` files of `folder` that it has not seen, in the
 * order of their names, in one transaction. Processes that start together wait for each other.
 * Migrations only go forward: a file that was changed after it ran stops the start.
 *
 * @param room the room that owns the tables, so that two rooms can number their files independently
 */
export async function migrate(database: Database, room: string, folder: URL): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = await Promise.all(
    names.map(async (name) => {
      const sql = await readFile(fileURLToPath(new URL(name, folder)), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
  const runNew = async (transaction: Queryable) => {
    await transaction.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await transaction.execute(`
      create table if not exists schema_migration (
        room text not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now(),
        primary key (room, name)
      )`)
    const applied = new Map(
      (
        await transaction.query<{ name: string; checksum: string }>(
          'select name, checksum from schema_migration where room = $1',
          [room],
        )
      ).map(({ name, checksum }) => [name, checksum]),
    )
    for (const { name, sql, checksum } of migrations) {
      const appliedChecksum = applied.get(name)
      if (appliedChecksum === checksum) continue
      if (appliedChecksum !== undefined) {
        throw new Error(
          `migration ${room}/${name} was changed after it ran; undo the change and write a new migration`,
        )
      }
      await transaction.execute(sql)
      await transaction.query(
        'insert into schema_migration (room, name, checksum) values ($1, $2, $3)',
        [room, name, checksum],
      )
    }
  }
  // A start may wait for another one's migrations longer than a request may wait for a lock.
  await database.transaction(runNew, { mayRunLong: true })
}
