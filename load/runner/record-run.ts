import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { basename, join } from 'node:path'
import { readMachineConditions } from '@coupon-gateway/bench'
import type { CarriedOutFault } from '../chaos/carry-out.ts'
import { renderReport } from '../report/render-report.ts'
import { RECORD_FILE, type RunRecord } from '../report/run-record.ts'
import { tallyHistory } from '../report/tally-history.ts'
import { readHistory } from '../verifier/read-history.ts'
import type { WatchedCpu } from './cpu-watch.ts'
import { describeShape } from './describe-plan.ts'
import { describeFindings, summariseVerdict } from './describe-verdict.ts'
import { RESULT_FILES } from './run-k6.ts'
import type { Verdict } from './verdict.ts'

/** What was seen beside the load. */
export interface Measured extends Pick<RunRecord, 'batches'> {
  readonly cpu: readonly WatchedCpu[]
  readonly faults: readonly CarriedOutFault[]
}

/** Leaves the record of a run in its folder, and the report that is drawn from it. */
export async function recordRun(verdict: Verdict, measured: Measured): Promise<void> {
  const { folder, plan } = verdict
  const { startedAtMs, ...tally } = await tallyHistory(
    await readHistory(join(folder, RESULT_FILES.history)),
  )
  const startedAt = startedAtMs ?? Date.now()
  const record: RunRecord = {
    version: 1,
    name: basename(folder),
    scenario: plan.scenario,
    workload: plan.workload,
    protocol: plan.target.protocol,
    seed: plan.seed,
    startedAt: new Date(startedAt).toISOString(),
    ...tally,
    verdict: {
      passed: verdict.passed,
      summary: summariseVerdict(verdict),
      findings: describeFindings(verdict.differences),
    },
    conditions: {
      target: verdict.target,
      load: describeShape(plan.shape),
      'compared with': verdict.evidence,
      ...readMachineConditions(),
      'load average at the end': loadavg()
        .map((it) => it.toFixed(2))
        .join(' '),
    },
    coupons: verdict.coupons,
    batches: measured.batches,
    cpu: measured.cpu.map(({ samples, ...rest }) => ({
      ...rest,
      samples: samples.map(({ at, percent }) => ({ atMs: at - startedAt, percent })),
    })),
    faults: measured.faults.map(({ fault, beganAt, endedAt }) => ({
      fault,
      beganAtMs: beganAt - startedAt,
      endedAtMs: endedAt - startedAt,
    })),
  }
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(record))
  await writeFile(join(folder, RESULT_FILES.report), renderReport(record))
}
