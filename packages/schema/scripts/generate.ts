/**
 * Writes what is generated from `sdl/` and `documents/`. With `--check` it writes nothing, and fails when a file
 * is not what its sources say.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { GENERATE_COMMAND, PACKAGE_ROOT } from './generated-files.ts'
import { findStaleFiles } from './stale-files.ts'

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const staleFiles = await findStaleFiles()

if (options.check) {
  for (const { path } of staleFiles) {
    process.stderr.write(`packages/schema/${path} is not what its sources say\n`)
  }
  if (staleFiles.length > 0) {
    process.stderr.write(`Run: ${GENERATE_COMMAND}\n`)
    process.exitCode = 1
  }
} else {
  for (const { path, text } of staleFiles) {
    const url = new URL(path, PACKAGE_ROOT)
    mkdirSync(new URL('.', url), { recursive: true })
    writeFileSync(url, text)
    process.stdout.write(`wrote packages/schema/${path}\n`)
  }
}
