import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process has the data directory open. The message says which, and what to do. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError'
}

/**
 * Locks a data directory for this process. Two processes over one embedded database would destroy it.
 *
 * The lock is SQLite's exclusive file lock, which the operating system drops when its process dies, however
 * it dies: after `kill -9` the next start needs no clean-up, as it would with a lock made of a file that exists.
 *
 * @throws DataDirectoryInUseError
 */
export function lockDataDirectory(dataDirectory: string): { release(): void } {
  mkdirSync(dataDirectory, { recursive: true })
  const holderFile = join(dataDirectory, 'lock.pid')
  const lock = new DatabaseSync(join(dataDirectory, 'lock.sqlite'))
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    lock.close()
    throw new DataDirectoryInUseError(
      `the data directory ${dataDirectory} is in use by ${describeHolder(holderFile)}; stop that process, set DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL server, which takes many processes`,
      { cause: error },
    )
  }
  writeFileSync(holderFile, `${process.pid}`)
  return { release: () => lock.close() }
}

function describeHolder(holderFile: string): string {
  try {
    return `process ${readFileSync(holderFile, 'utf8')}`
  } catch {
    return 'another process'
  }
}
