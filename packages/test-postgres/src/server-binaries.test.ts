import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findServerBinaries, readableByOthers } from './server-binaries.ts'

let place: string
beforeAll(() => {
  // Nobody else may enter it: mkdtemp makes folders of mode 700.
  place = mkdtempSync(join(tmpdir(), 'coupon-gateway-binaries-'))
  mkdirSync(join(place, 'private'))
  writeFileSync(join(place, 'private', 'postgres'), '')
})
afterAll(() => rmSync(place, { recursive: true }))

it('the version of the binaries is the one of their package, not a copy of it by hand', () => {
  expect(findServerBinaries().version).toMatch(/^\d+\.\d+\.\d+/)
})

it('a copy that others can read is named by its version, and leaves no temporary folder behind', () => {
  const publicFolder = join(place, 'public')
  mkdirSync(publicFolder)
  const folder = join(place, 'private')
  for (const version of ['1.0.0', '1.0.0', '2.0.0']) {
    const copy = readableByOthers({ folder, version }, publicFolder)
    expect(readdirSync(copy)).toEqual(['postgres'])
  }
  expect(readdirSync(publicFolder)).toEqual([
    'coupon-gateway-postgres-1.0.0',
    'coupon-gateway-postgres-2.0.0',
  ])
})
