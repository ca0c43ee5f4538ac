import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// `pnpm bench <room> [options]`: runs the benchmark that the room keeps in its folder `bench/`.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PACKAGES = join(ROOT, 'packages')
/** The load harness is no package that others use: its room is beside them. */
const ROOMS = [...readdirSync(PACKAGES).map((name) => join(PACKAGES, name)), join(ROOT, 'load')]
const BENCHMARKS = new Map(
  ROOMS.map((folder) => [basename(folder), join(folder, 'bench', 'main.ts')] as const).filter(
    ([, entry]) => existsSync(entry),
  ),
)

const [room = '', ...options] = process.argv.slice(2)
const benchmark = BENCHMARKS.get(room)
if (benchmark !== undefined) {
  spawn(process.execPath, ['--expose-gc', benchmark, ...options], {
    stdio: 'inherit',
  }).once('close', (code) => {
    process.exitCode = code ?? 1
  })
} else {
  process.stderr.write(
    `bench: the room must be one of ${[...BENCHMARKS.keys()].join(', ')}, got ${room || 'nothing'}\n\nUsage: pnpm bench <room> [--quick] [--json FILE] [--only ID] [--rounds N]\n`,
  )
  process.exitCode = 2
}
