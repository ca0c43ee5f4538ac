import { appendFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WORKLOADS } from '../workloads/index.ts'
import { watchBatches } from './batch-watch.ts'
import { withChaos } from './chaos.ts'
import { watchCpu } from './cpu-watch.ts'
import { describeShape } from './describe-plan.ts'
import { findK6 } from './k6-binary.ts'
import type { LoadOptions } from './load-options.ts'
import { createCoupons, makePlan } from './make-plan.ts'
import { recordRun } from './record-run.ts'
import { RESULT_FILES, runK6 } from './run-k6.ts'
import { sendCall } from './send-call.ts'
import { startTarget, type Target } from './start-target.ts'
import type { Verdict } from './verdict.ts'
import { verifyRun } from './verify-run.ts'

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url))

export interface RunContext {
  /** Ends the run, with everything that it started. */
  readonly signal: AbortSignal
  /** Told what is going on, for people. */
  readonly onProgress: (message: string) => void
  /** See `K6Options`. */
  readonly onLoad: (stop: (() => void) | undefined) => void
}

/**
 * Runs a scenario with a workload from nothing to a verdict: starts what it needs, and stops it in the end.
 *
 * @throws Error there is no verdict; the message says why
 */
export async function runLoad(options: LoadOptions, context: RunContext): Promise<Verdict> {
  const k6 = await findK6(context.onProgress, context.signal)
  const folder = await makeFolder(options)
  const isFaulty = WORKLOADS[options.workload]?.chaos !== null
  const target = await startTargetOf({ ...options, isFaulty }, folder, context)
  try {
    return await loadTarget(k6, target, folder, options, context)
  } finally {
    await target.stop()
  }
}

/** Starts what the options name. What its services write goes to the folder and, unless it is to be broken, to stderr. */
export function startTargetOf(
  options: Pick<LoadOptions, 'target'> & { readonly isFaulty: boolean },
  folder: string,
  { signal, onProgress }: RunContext,
): Promise<Target> {
  return startTarget(options.target, {
    isFaulty: options.isFaulty,
    signal,
    onProgress,
    onOutput: (chunk) => {
      appendFileSync(join(folder, RESULT_FILES.services), chunk)
      // Who ended the run does not want to read what was lost by it, nor who broke it on purpose.
      if (!signal.aborted && !options.isFaulty) process.stderr.write(chunk)
    },
  })
}

/** Where everything of a run is left. */
export async function makeFolder({
  scenario,
  workload,
}: Pick<LoadOptions, 'scenario' | 'workload'>): Promise<string> {
  const now = new Date().toISOString().replaceAll(':', '-').slice(0, 19)
  const folder = join(RESULTS_FOLDER, `${now}-${scenario}-${workload}-${process.pid}`)
  await mkdir(folder, { recursive: true })
  return folder
}

/**
 * Creates the coupons, lets k6 loose, settles unknown outcomes, sends keys again, and judges.
 *
 * @throws Error there is no verdict; the message says why
 */
export async function loadTarget(
  k6: string,
  target: Target,
  folder: string,
  options: LoadOptions,
  { signal, onProgress, onLoad }: RunContext,
): Promise<Verdict> {
  const plan = makePlan(options, target.endpoint)
  await createCoupons(plan, sendCall, signal)
  onProgress(
    `k6 begins: ${plan.scenario} × ${plan.workload}, ${describeShape(plan.shape)}, seed ${plan.seed}`,
  )
  const batches = await watchBatches(target.metricsUrls)
  let k6Pid: number | undefined
  const cpu = watchCpu({ ...target.pids, k6: () => k6Pid })
  const { result: end, faults } = await withChaos(
    plan,
    target,
    { history: join(folder, RESULT_FILES.history), onProgress },
    () =>
      runK6(k6, plan, {
        folder,
        signal,
        onProgress,
        onStart(pid) {
          k6Pid = pid
        },
        onLoad,
      }),
  )
  const measured = { cpu: cpu.stop(), batches: await batches.read(), faults }
  const verdict = await verifyRun(plan, end, target, {
    folder,
    sloMs: options.sloMs,
    isSecondOpinionRequired: options.isSecondOpinionRequired,
    send: sendCall,
    onProgress,
    signal,
  })
  await writeFile(join(folder, RESULT_FILES.verdict), JSON.stringify(verdict, null, 2))
  await recordRun(verdict, measured)
  return verdict
}
