import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchPlan } from '../k6/bench.ts'
import { findK6 } from '../runner/k6-binary.ts'
import type { LoadResult } from './closed-load.ts'
import { CpuMeter } from './cpu-meter.ts'

interface Summary {
  readonly state: { readonly testRunDurationMs: number }
  readonly metrics: {
    readonly http_req_duration: { readonly values: Readonly<Record<'med' | 'p(99)', number>> }
  }
}

/** The load by real k6. @throws Error an answer was no 200, or k6 did not run to its end */
export async function k6Load(plan: BenchPlan): Promise<LoadResult> {
  const k6 = await findK6(
    (message) => process.stderr.write(`${message}\n`),
    new AbortController().signal,
  )
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-bench-'))
  try {
    const summaryFile = join(folder, 'summary.json')
    const child = spawn(
      k6,
      ['run', '--quiet', fileURLToPath(new URL('../k6/bench.ts', import.meta.url))],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          BENCH: JSON.stringify(plan),
          SUMMARY: summaryFile,
          K6_NO_USAGE_REPORT: 'true',
          K6_AUTO_EXTENSION_RESOLUTION: 'false',
        },
      },
    )
    const closed = once(child, 'close')
    const meter = new CpuMeter({ k6: child.pid ?? 0 })
    const [code] = await closed
    if (code !== 0) throw new Error(`k6 ended with ${code}: not every answer was a 200`)
    const { state, metrics } = JSON.parse(await readFile(summaryFile, 'utf8')) as Summary
    return {
      goodput: (plan.calls * 1_000) / state.testRunDurationMs,
      medianMs: metrics.http_req_duration.values.med,
      p99Ms: metrics.http_req_duration.values['p(99)'],
      generatorPercent: (meter.stop().k6 ?? 0) / state.testRunDurationMs / 10,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
