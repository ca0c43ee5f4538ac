import { WORKLOADS } from '../workloads/index.ts'
import { findK6 } from './k6-binary.ts'
import type { LoadOptions } from './load-options.ts'
import { loadTarget, makeFolder, type RunContext, startTargetOf } from './run-load.ts'
import type { Verdict } from './verdict.ts'

/** What came of one scenario with one workload. */
export interface MatrixCell {
  readonly scenario: string
  readonly workload: string
  readonly seconds: number
  /** Null: there is none, and `failure` says why. */
  readonly verdict: Verdict | null
  readonly failure: string | null
}

const SECONDS_A_CELL = 2

/**
 * Runs every scenario with every workload over one stack, or those that are wanted, each for so short that all of
 * them take minutes.
 *
 * @throws Error the stack did not start, or the reason of the signal
 */
export async function runMatrix(
  options: LoadOptions,
  context: RunContext,
): Promise<readonly MatrixCell[]> {
  const { signal, onProgress } = context
  const k6 = await findK6(onProgress, signal)
  const target = await startTargetOf(
    { ...options, isFaulty: true },
    await makeFolder({ scenario: 'matrix', workload: 'services' }),
    context,
  )
  try {
    const cells: MatrixCell[] = []
    for (const scenario of options.only.scenarios) {
      for (const workload of options.only.workloads) {
        signal.throwIfAborted()
        // Who stopped the load of one wants no more of them.
        if (cells.at(-1)?.verdict?.interrupted) return cells
        // What is not ours is not ours to break.
        if (
          WORKLOADS[workload]?.chaos !== null &&
          Object.keys(target.chaosTarget.parts).length === 0
        )
          continue
        const cell = {
          ...options,
          seconds: options.seconds ?? SECONDS_A_CELL,
          scenario,
          workload,
        }
        const begin = performance.now()
        const outcome = await loadTarget(k6, target, await makeFolder(cell), cell, context).then(
          (verdict) => ({ verdict, failure: null }),
          (error) => ({
            verdict: null,
            failure: error instanceof Error ? error.message : String(error),
          }),
        )
        signal.throwIfAborted()
        const seconds = (performance.now() - begin) / 1_000
        cells.push({ scenario, workload, seconds, ...outcome })
        onProgress(
          `${scenario} × ${workload}: ${outcome.verdict?.passed ? 'PASS' : 'FAIL'} in ${seconds.toFixed(1)} s`,
        )
      }
    }
    return cells
  } finally {
    await target.stop()
  }
}

export function hasMatrixPassed(cells: readonly MatrixCell[]): boolean {
  return cells.every(({ verdict }) => verdict?.passed === true)
}

/** A scenario a line, a workload a column, then what failed and why. */
export function describeMatrix(cells: readonly MatrixCell[]): string {
  const workloads = [...new Set(cells.map(({ workload }) => workload))]
  const byScenario = Map.groupBy(cells, ({ scenario }) => scenario)
  const rows = [
    ['', ...workloads],
    ...[...byScenario].map(([scenario, own]) => [
      scenario,
      ...workloads.map((name) => describeCell(own.find(({ workload }) => workload === name))),
    ]),
  ]
  const failed = cells.filter(({ verdict }) => verdict?.passed !== true)
  return [
    '',
    ...rows.map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(14))).join('')}`,
    ),
    '',
    ...failed.map((cell) => `  ${cell.scenario} × ${cell.workload}: ${whyFailed(cell)}`),
    `MATRIX ${failed.length === 0 ? 'PASS' : 'FAIL'}: ${cells.length - failed.length} of ${cells.length} runs are right`,
    '',
  ].join('\n')
}

function describeCell(cell: MatrixCell | undefined): string {
  if (cell === undefined) return '-'
  if (cell.verdict === null) return 'no verdict'
  return `${cell.verdict.passed ? 'PASS' : 'FAIL'} ${Math.round(cell.verdict.goodput.peakPerSecond)}/s`
}

function whyFailed({ verdict, failure }: MatrixCell): string {
  if (verdict === null) return failure ?? 'no verdict'
  const rules = [...new Set(verdict.differences.map(({ rule }) => `"${rule}" does not hold`))]
  return [
    ...(verdict.thresholdsHeld === false ? ['a threshold of k6 was crossed'] : []),
    ...verdict.ended.map(({ name }) => `${name} ended`),
    ...rules,
    verdict.folder,
  ].join('; ')
}
