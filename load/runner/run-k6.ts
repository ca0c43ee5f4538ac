import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plan } from '../plan.ts'

/** Files of one run, below its results folder. */
export const RESULT_FILES = {
  plan: 'plan.json',
  history: 'history.ndjson',
  summary: 'summary.json',
  report: 'report.html',
  verdict: 'verdict.json',
  services: 'services.log',
} as const

/** k6's exit codes: all well, or all ran and a threshold was crossed. Anything else is a run that failed. */
const THRESHOLD_CROSSED = 99

/**
 * Carries a plan out with k6, and leaves its history, its summary as JSON and its HTML report in `folder`.
 *
 * @param signal ends k6 at once
 * @returns whether all thresholds held
 * @throws Error when k6 did not run to its end, or the reason of `signal`
 */
export async function runK6(
  k6: string,
  plan: Plan,
  folder: string,
  signal: AbortSignal,
): Promise<boolean> {
  const planFile = join(folder, RESULT_FILES.plan)
  await writeFile(planFile, JSON.stringify(plan, null, 2))
  signal.throwIfAborted()
  const child = spawn(
    k6,
    [
      'run',
      ...(process.stdout.isTTY ? [] : ['--quiet']),
      '--log-format=raw',
      `--console-output=${join(folder, RESULT_FILES.history)}`,
      fileURLToPath(new URL('../k6/main.ts', import.meta.url)),
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
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
        K6_WEB_DASHBOARD_EXPORT: join(folder, RESULT_FILES.report),
      },
    },
  )
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null]
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (code !== 0 && code !== THRESHOLD_CROSSED) {
    throw new Error(`k6 ended with ${code ?? killedBy} before its run was over`)
  }
  return code === 0
}
