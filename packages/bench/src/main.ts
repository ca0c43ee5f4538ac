import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// `pnpm bench <room> [options]`: runs the benchmark that the room keeps in its folder `bench/`.

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url))
const benchmarkOf = (room: string) => `${PACKAGES}${room}/bench/main.ts`

const [room = '', ...options] = process.argv.slice(2)
const rooms = readdirSync(PACKAGES).filter((name) => existsSync(benchmarkOf(name)))
if (rooms.includes(room)) {
  spawn(process.execPath, ['--expose-gc', benchmarkOf(room), ...options], {
    stdio: 'inherit',
  }).once('close', (code) => {
    process.exitCode = code ?? 1
  })
} else {
  process.stderr.write(
    `bench: the room must be one of ${rooms.join(', ')}, got ${room || 'nothing'}\n\nUsage: pnpm bench <room> [--quick] [--json FILE] [--only ID] [--rounds N]\n`,
  )
  process.exitCode = 2
}
