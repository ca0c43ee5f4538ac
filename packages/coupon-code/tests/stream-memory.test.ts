import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const MEASURE = fileURLToPath(new URL('measure-stream-memory.ts', import.meta.url))

/** Far above what a garbage collection may leave by chance, far below a million codes (40 MB and more). */
const MOST_GROWTH_BYTES = 8 * 2 ** 20

it('streams a million codes in flat memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', MEASURE])
  const { streamed, growthBytes } = JSON.parse(stdout)
  expect(streamed).toBe(1_000_000)
  expect(growthBytes).toBeLessThan(MOST_GROWTH_BYTES)
}, 120_000)
