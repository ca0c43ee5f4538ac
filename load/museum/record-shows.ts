import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RecordedShow } from './judged-show.ts'

/** The museum is the core's, and this room does not import the core: it is run, and its lines are read. */
const RECORDER = fileURLToPath(
  new URL('../../packages/core/race-museum/record.ts', import.meta.url),
)

export interface RecordOptions {
  /** How often each race is shown, with its fault and without it. */
  readonly times: number
  /** Part of the names of the races that are shown; empty: all. */
  readonly only: string
  /** A PostgreSQL that runs; without one the recorder starts its own. */
  readonly serverUrl: string | undefined
  readonly signal: AbortSignal
}

/** Shows the races for real, on PostgreSQL, one after the other. @throws Error the recorder failed */
export async function* recordShows(options: RecordOptions): AsyncGenerator<RecordedShow> {
  const { times, only, serverUrl, signal } = options
  const child = spawn(
    process.execPath,
    [
      RECORDER,
      `--times=${times}`,
      `--only=${only}`,
      ...(serverUrl === undefined ? [] : [`--server-url=${serverUrl}`]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], signal },
  )
  const ended = once(child, 'close') as Promise<[number | null]>
  for await (const line of createInterface({ input: child.stdout })) {
    yield JSON.parse(line) as RecordedShow
  }
  const [code] = await ended
  if (code !== 0)
    throw new Error(`the races could not be recorded: the recorder ended with ${code}`)
}
