import { readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { RedisServer } from '../peers/redis/start-redis.ts'

/** Knows how long Redis' append-only file was at each moment of the last seconds. */
export interface LogWatch {
  /**
   * Cuts the file to what it was so long ago. Redis must not run.
   * @throws Error without an append-only file
   */
  forgetLast(ms: number): Promise<void>
  stop(): void
}

const SAMPLE_MS = 10
const KEPT_MS = 3_000

/**
 * With `appendonly yes` Redis writes before it answers, and flushes once a second. What is written survives a kill of
 * the process, since the kernel has it; a power cut takes what was not flushed, of up to a second. The cut itself is not
 * to be had in a test: this watches the file, so that it can be cut to what a power cut would have left.
 */
export function watchLog({ folder }: RedisServer): LogWatch {
  const samples: { readonly at: number; readonly bytes: number }[] = []
  const timer = setInterval(async () => {
    const at = performance.now()
    const bytes = await lengthOf(folder).catch(() => undefined)
    if (bytes === undefined) return
    samples.push({ at, bytes })
    while ((samples[0]?.at ?? at) < at - KEPT_MS) samples.shift()
  }, SAMPLE_MS)
  return {
    async forgetLast(ms) {
      const file = await findLog(folder)
      const before = performance.now() - ms
      const kept = samples.findLast(({ at }) => at <= before) ?? samples[0]
      if (file === undefined || kept === undefined) {
        throw new Error(`there is no append-only file in ${folder}`)
      }
      await truncate(file, kept.bytes)
      samples.length = 0
    },
    stop: () => clearInterval(timer),
  }
}

async function lengthOf(folder: string): Promise<number | undefined> {
  const file = await findLog(folder)
  return file === undefined ? undefined : (await stat(file)).size
}

/** The part that grows; the base beside it is written when the log is rewritten, which takes 64 MB. */
async function findLog(folder: string): Promise<string | undefined> {
  const logFolder = join(folder, 'appendonlydir')
  const names = await readdir(logFolder).catch(() => [])
  const name = names.find((it) => it.endsWith('.incr.aof'))
  return name === undefined ? undefined : join(logFolder, name)
}
