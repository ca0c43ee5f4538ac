import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Plan } from '../plan.ts'
import { describeProgress, followHistory } from './follow-history.ts'

/** Files of one run, below its results folder. */
export const RESULT_FILES = {
  plan: 'plan.json',
  history: 'history.ndjson',
  summary: 'summary.json',
  k6Report: 'k6-report.html',
  verdict: 'verdict.json',
  report: 'report.html',
  services: 'services.log',
} as const

/** k6's exit codes: all well, or all ran and a threshold was crossed. Anything else is a run that failed. */
const THRESHOLD_CROSSED = 99
/** A signal stopped it. */
const STOPPED = 105

const PROGRESS_INTERVAL_MS = 2_000

export interface K6Options {
  /** Where the history, the summary and the report go. */
  readonly folder: string
  /** Ends k6 at once. */
  readonly signal: AbortSignal
  /** Told what is going on, for people. */
  readonly onProgress: (message: string) => void
  /** Told of its process as it begins. */
  readonly onStart: (pid: number | undefined) => void
  /** Given the way to stop the load early, which is for as long as it lasts; undefined when it is over. */
  readonly onLoad: (stop: (() => void) | undefined) => void
}

/** How a run of k6 ended. `stopped`: early, because somebody wanted it; its thresholds say nothing. */
export type K6End = 'thresholds-held' | 'threshold-crossed' | 'stopped'

/**
 * Carries a plan out with k6, and leaves its history, its summary as JSON and its own HTML report in the folder.
 *
 * @throws Error when k6 did not run to its end, or the reason of `signal`
 */
export async function runK6(
  k6: string,
  plan: Plan,
  { folder, signal, onProgress, onStart, onLoad }: K6Options,
): Promise<K6End> {
  const planFile = join(folder, RESULT_FILES.plan)
  await writeFile(planFile, JSON.stringify(plan, null, 2))
  signal.throwIfAborted()
  const child = spawn(
    k6,
    [
      'run',
      '--quiet',
      // No server to control it: two runs at once would want the same port.
      '--address=',
      '--log-format=raw',
      `--console-output=${join(folder, RESULT_FILES.history)}`,
      fileURLToPath(new URL('../k6/main.ts', import.meta.url)),
    ],
    {
      stdio: ['ignore', 'inherit', 'pipe'],
      // A group of its own: Ctrl-C reaches only the runner, which stops it in order.
      detached: true,
      env: {
        ...process.env,
        PLAN: planFile,
        SUMMARY: join(folder, RESULT_FILES.summary),
        // Nothing is sent out, and nothing is fetched.
        K6_NO_USAGE_REPORT: 'true',
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
        K6_WEB_DASHBOARD: 'true',
        // No server for the dashboard: a browser that is open would keep k6 from ending.
        K6_WEB_DASHBOARD_PORT: '-1',
        // A report needs three periods at least, and a smoke run is short.
        K6_WEB_DASHBOARD_PERIOD: '500ms',
        K6_WEB_DASHBOARD_EXPORT: join(folder, RESULT_FILES.k6Report),
      },
    },
  )
  onStart(child.pid)
  tellWarnings(child.stderr)
  let isStopped = false
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  onLoad(() => {
    isStopped = true
    child.kill('SIGINT')
  })
  const stopTelling = tellProgress(join(folder, RESULT_FILES.history), onProgress)
  const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null]
  onLoad(undefined)
  signal.removeEventListener('abort', kill)
  await stopTelling()
  signal.throwIfAborted()
  if (isStopped && (code === STOPPED || code === THRESHOLD_CROSSED)) return 'stopped'
  if (code !== 0 && code !== THRESHOLD_CROSSED) {
    throw new Error(`k6 ended with ${code ?? killedBy} before its run was over`)
  }
  return code === 0 ? 'thresholds-held' : 'threshold-crossed'
}

/** What k6 complains of, but for requests that failed: each of them is in the history, with its reason. */
function tellWarnings(stderr: Readable): void {
  createInterface({ input: stderr }).on('line', (line) => {
    if (line !== 'Request Failed') process.stderr.write(`${line}\n`)
  })
}

/** @returns stops it, after a last line that has all */
function tellProgress(history: string, onProgress: (message: string) => void): () => Promise<void> {
  const counts = followHistory(history)
  const begin = performance.now()
  let before = {
    counts: { answers: 0, byKind: new Map() } as Awaited<ReturnType<typeof counts>>,
    seconds: 0,
  }
  const tell = async () => {
    const now = await counts()
    const seconds = (performance.now() - begin) / 1_000
    onProgress(describeProgress(now, before.counts, seconds, before.seconds))
    before = { counts: now, seconds }
  }
  let telling = Promise.resolve()
  const timer = setInterval(() => {
    telling = telling.then(tell)
  }, PROGRESS_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    await telling
    await tell()
  }
}
