import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Figure, Session } from '@coupon-gateway/bench'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import type { SharedKeyReport } from './shared-key-worker.ts'

/** What the Personal plan of the demo's limited key allows in a minute. */
const LIMIT = 120
const WINDOW_MS = 60_000
const WINDOWS = 2
/** For a look: the start of one window. */
const QUICK_MS = 20_000
/** Calls in a second over all processes, some ten times what is allowed. */
const OFFERED_PER_SECOND = 24

/**
 * Figure 1: processes that share one key at a real api with windows, offered more than it allows. What counts is what
 * the api says: no call is let through past a window there, so one too many is a 429.
 */
export async function measureSharedKey({ quick, progress }: Session): Promise<Figure[]> {
  const durationMs = quick ? QUICK_MS : WINDOWS * WINDOW_MS
  const allowed = quick ? LIMIT : WINDOWS * LIMIT
  const server = await startPostgres()
  try {
    // Side by side, each at an api and over a database of its own.
    const [alone, together] = await Promise.all([
      run(server.url, 1, durationMs),
      run(server.url, 3, durationMs),
    ])
    progress(`  sent, 429, used: ${JSON.stringify({ alone, together })}`)
    return [
      ...figuresOf('client.1a', 'one process', alone, allowed),
      ...figuresOf('client.1b', 'three processes', together, allowed),
    ]
  } finally {
    await server.stop()
  }
}

function figuresOf(id: string, who: string, report: SharedKeyReport, allowed: number): Figure[] {
  const { sent, refused, usedInTime } = report
  const what = `${who} on one key, offered ten times what it allows`
  return [
    {
      id: `${id}.429`,
      what: `${what}: calls answered 429`,
      unit: '% of sent',
      goal: '<= 1',
      runs: [(100 * refused) / Math.max(1, sent)],
    },
    {
      id: `${id}.used`,
      what: `${what}: allowed calls that were used`,
      unit: '% of allowed',
      goal: '>= 95',
      runs: [(100 * usedInTime) / allowed],
    },
  ]
}

async function run(
  serverUrl: string,
  processes: number,
  durationMs: number,
): Promise<SharedKeyReport> {
  const api = await startServiceProcess('api', {
    DATABASE_URL: await createTestDatabase(serverUrl),
    DEMO: 'true',
    LOG_LEVEL: 'warn',
  })
  const budgetUrl = await createTestDatabase(serverUrl)
  try {
    const startAtMs = Date.now() + 3_000
    const reports = await Promise.all(
      Array.from({ length: processes }, () =>
        runWorker([api.url, budgetUrl, startAtMs, durationMs, OFFERED_PER_SECOND / processes]),
      ),
    )
    const firstAnswerMs = Math.min(...reports.map((report) => report.firstAnswerMs))
    return reports.reduce((sum, report) => ({
      firstAnswerMs,
      sent: sum.sent + report.sent,
      refused: sum.refused + report.refused,
      usedInTime: sum.usedInTime + report.usedInTime,
    }))
  } finally {
    await api.stop()
  }
}

async function runWorker(args: readonly (string | number)[]): Promise<SharedKeyReport> {
  const worker = fileURLToPath(new URL('shared-key-worker.ts', import.meta.url))
  const child = spawn(process.execPath, [worker, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
  return JSON.parse(output) as SharedKeyReport
}
