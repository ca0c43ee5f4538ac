import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Figure, Session } from '@coupon-gateway/bench'
import type { CostReport } from './cost-worker.ts'

const CALLS = 80_000
const QUICK_CALLS = 10_000
const MANY_CALLS = 1_000_000
const QUICK_MANY_CALLS = 100_000

/** Figure 5: what a call costs this process, beside a bare request of undici to the same server, and what it leaves. */
export async function measureCost({ rounds, quick, progress }: Session): Promise<Figure[]> {
  const server = spawn(process.execPath, [pathOf('coupon-server.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [url] = (await once(createInterface(server.stdout), 'line')) as [string]
  try {
    const ratios: number[] = []
    for (let round = 1; round <= rounds; round += 1) {
      const calls = quick ? QUICK_CALLS : CALLS
      const bare = await runWorker(url, 'bare', calls)
      const ours = await runWorker(url, 'client', calls)
      ratios.push(ours.cpuMicroseconds / bare.cpuMicroseconds)
      progress(
        `  round ${round}: ${bare.cpuMicroseconds.toFixed(1)} µs bare, ${ours.cpuMicroseconds.toFixed(1)} µs ours`,
      )
    }
    const many = quick ? QUICK_MANY_CALLS : MANY_CALLS
    const { memoryRatio } = await runWorker(url, 'client', many)
    return [
      {
        id: 'client.5a',
        what: 'CPU of a validate against a bare undici Pool request with its JSON read',
        unit: 'ratio',
        goal: '<= 1.3',
        runs: ratios,
      },
      {
        id: 'client.5b',
        what: `resident memory over ${many} calls: second half against the first`,
        unit: 'ratio',
        goal: '<= 1.1',
        runs: [memoryRatio],
      },
    ]
  } finally {
    server.kill()
  }
}

async function runWorker(url: string, subject: string, calls: number): Promise<CostReport> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', pathOf('cost-worker.ts'), url, subject, String(calls)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
  return JSON.parse(output) as CostReport
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
