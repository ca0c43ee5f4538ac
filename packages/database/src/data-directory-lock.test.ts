import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  DataDirectoryInUseError,
  DataDirectoryUnusableError,
  lockDataDirectory,
} from './data-directory-lock.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'coupon-gateway-lock-'))
  // Open to the user that tests of rights run as.
  chmodSync(place, 0o755)
})
afterEach(() => rmSync(place, { recursive: true }))

/** Root may write everything, so it gives its rights away for the time of the action. */
function withoutRights(action: () => void): void {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    action()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

describe('a data directory that cannot be used was said to be in use by another process:', () => {
  it.each([
    ['is a file', 'it is a file', (folder: string) => writeFileSync(folder, '')],
    [
      'may not be made',
      'this process may not write it',
      (folder: string) => chmodSync(join(folder, '..'), 0o555),
    ],
    [
      'may not be written',
      'this process may not open its file lock.sqlite',
      (folder: string) => mkdirSync(folder, { mode: 0o555 }),
    ],
    [
      'has a lock file of another user, which was locked for reading only',
      'this process may not write its file lock.sqlite',
      (folder: string) => {
        mkdirSync(folder)
        chmodSync(folder, 0o777)
        writeFileSync(join(folder, 'lock.sqlite'), '', { mode: 0o444 })
      },
    ],
    [
      'has a damaged lock file',
      'its file lock.sqlite is damaged (it holds no data: remove it)',
      (folder: string) => {
        mkdirSync(folder)
        chmodSync(folder, 0o777)
        writeFileSync(join(folder, 'lock.sqlite'), 'x'.repeat(4096))
        chmodSync(join(folder, 'lock.sqlite'), 0o666)
      },
    ],
  ])('it %s, and one line says so', (_what, reason, make) => {
    const folder = join(place, 'data')
    make(folder)
    withoutRights(() => {
      expect(() => lockDataDirectory(folder)).toThrow(
        new DataDirectoryUnusableError(
          `the data directory ${folder} cannot be used: ${reason}; mend that or set DATA_DIR to another folder`,
        ),
      )
    })
  })

  it('it has a path with a file in it, and one line says so', () => {
    writeFileSync(join(place, 'file'), '')
    expect(() => lockDataDirectory(join(place, 'file', 'data'))).toThrow(
      'cannot be used: a part of its path is a file; mend that or set DATA_DIR to another folder',
    )
  })
})

it('a data directory that is locked is in use, until it is released', () => {
  const lock = lockDataDirectory(place)
  expect(() => lockDataDirectory(place)).toThrow(DataDirectoryInUseError)
  lock.release()
  lockDataDirectory(place).release()
})
