import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { GENERATE_COMMAND, PACKAGE_ROOT } from './generated-files.ts'
import { findStaleFiles } from './stale-files.ts'

it('every generated file is what its sources say', async () => {
  expect(await findStalePaths(PACKAGE_ROOT), `Run: ${GENERATE_COMMAND}`).toEqual([])
})

it('a generated file that is missing or was edited is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const root = pathToFileURL(`${folder}/`)
  cpSync(new URL('src/generated/', PACKAGE_ROOT), new URL('src/generated/', root), {
    recursive: true,
  })
  writeFileSync(new URL('src/generated/documents.ts', root), '// edited', { flag: 'a' })
  expect(await findStalePaths(root)).toEqual([
    'schema.graphql',
    'README.md',
    'reference.html',
    'src/generated/documents.ts',
    'trusted-documents.json',
  ])
})

async function findStalePaths(root: URL): Promise<string[]> {
  return (await findStaleFiles(root)).map(({ path }) => path)
}
