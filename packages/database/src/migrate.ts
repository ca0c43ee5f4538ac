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
  const migrations = await readFolder(folder)
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
    const applied = await readApplied(transaction, room)
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

/** One migration of a room, and where a database stands with it. */
export interface MigrationState {
  readonly room: string
  readonly name: string
  /**
   * `pending`: the next start runs it. `changed`: its file was changed after it ran, which stops the next start.
   * `unknown`: it ran, and this version of the code does not have it, so the database is of a newer one.
   */
  readonly state: 'applied' | 'pending' | 'changed' | 'unknown'
}

/** Compares the migrations of `folder` with those that a database has seen. It changes nothing. */
export async function readMigrations(
  database: Queryable,
  room: string,
  folder: URL,
): Promise<readonly MigrationState[]> {
  const migrations = await readFolder(folder)
  const [table] = await database.query<{ exists: boolean }>(
    "select to_regclass('schema_migration') is not null as exists",
  )
  const applied = table?.exists ? await readApplied(database, room) : new Map<string, string>()
  const names = new Set(migrations.map(({ name }) => name))
  return [
    ...migrations.map(({ name, checksum }) => {
      const appliedChecksum = applied.get(name)
      if (appliedChecksum === undefined) return { room, name, state: 'pending' as const }
      return { room, name, state: appliedChecksum === checksum ? 'applied' : 'changed' } as const
    }),
    ...[...applied.keys()]
      .filter((name) => !names.has(name))
      .map((name) => ({ room, name, state: 'unknown' as const })),
  ]
}

async function readFolder(folder: URL) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name) => {
      const sql = await readFile(fileURLToPath(new URL(name, folder)), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** Checksums of the migrations that ran, by name. */
async function readApplied(
  database: Queryable,
  room: string,
): Promise<ReadonlyMap<string, string>> {
  const applied = await database.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migration where room = $1 order by name',
    [room],
  )
  return new Map(applied.map(({ name, checksum }) => [name, checksum]))
}
