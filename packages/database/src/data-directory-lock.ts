import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process has the data directory open. The message says which, and what to do. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError'
}

/** The data directory is no folder that this process can write. The message says why, and what to do. */
export class DataDirectoryUnusableError extends Error {
  override readonly name = 'DataDirectoryUnusableError'
}

const LOCK_FILE = 'lock.sqlite'

/** @see https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5

/**
 * A file that cannot be written would only be locked for reading, by any number of processes. So something
 * is written, and never committed: with its journal in memory, the disk sees nothing of it.
 */
const TAKE_LOCK = `
  pragma journal_mode = memory;
  pragma locking_mode = exclusive;
  begin exclusive;
  pragma user_version = 1`

/** Why a folder cannot be used, by the code of a failed file operation or SQLite's primary result code. */
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'this process may not write it',
  EPERM: 'this process may not write it',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'its disk is full',
  8: `this process may not write its file ${LOCK_FILE}`,
  11: `its file ${LOCK_FILE} is damaged (it holds no data: remove it)`,
  13: 'its disk is full',
  14: `this process may not open its file ${LOCK_FILE}`,
  26: `its file ${LOCK_FILE} is damaged (it holds no data: remove it)`,
}

/**
 * Locks a data directory for this process. Two processes over one embedded database would destroy it.
 *
 * The lock is SQLite's exclusive file lock, which the operating system drops when its process dies, however
 * it dies: after `kill -9` the next start needs no clean-up, as it would with a lock made of a file that exists.
 *
 * @throws DataDirectoryInUseError
 * @throws DataDirectoryUnusableError
 */
export function lockDataDirectory(dataDirectory: string): { release(): void } {
  const holderFile = join(dataDirectory, 'lock.pid')
  let lock: DatabaseSync | undefined
  try {
    mkdirSync(dataDirectory, { recursive: true })
    lock = new DatabaseSync(join(dataDirectory, LOCK_FILE))
    lock.exec(TAKE_LOCK)
    writeFileSync(holderFile, `${process.pid}`)
  } catch (error) {
    lock?.close()
    throw resultCodeOf(error) === SQLITE_BUSY
      ? new DataDirectoryInUseError(
          `the data directory ${dataDirectory} is in use by ${describeHolder(holderFile)}; stop that process, set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL server, which takes many processes`,
          { cause: error },
        )
      : new DataDirectoryUnusableError(
          `the data directory ${dataDirectory} cannot be used: ${explainFailure(error)}; mend that or set DATA_DIR to another folder`,
          { cause: error },
        )
  }
  const held = lock
  return { release: () => held.close() }
}

function describeHolder(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8')}`
  } catch {
    return 'another process'
  }
}

function explainFailure(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return REASONS[resultCodeOf(error) ?? code] ?? message
}

/** SQLite's extended codes, such as 261 SQLITE_BUSY_RECOVERY, have the primary one in their low byte. */
function resultCodeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number }
  return errcode === undefined ? undefined : errcode & 0xff
}
