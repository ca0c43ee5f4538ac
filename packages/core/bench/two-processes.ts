import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openPostgres } from '@coupon-gateway/database'
import { createCoupon, openSubject } from './hot-coupon.ts'

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))

/** Goodput of two processes together on one coupon, each with half of the work. */
export async function measureTwoProcesses(
  databaseUrl: string,
  total: number,
  inFlight: number,
): Promise<number> {
  const database = openPostgres(databaseUrl)
  const subject = await openSubject(database, {})
  await createCoupon(subject, 1_000_000_000)
  await database.close()

  const workers = [0, 1].map(() => {
    const child = spawn(
      process.execPath,
      [WORKER, databaseUrl, String(subject.accountId), String(total / 2), String(inFlight / 2)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    // Listened for from the start: a worker may have ended before anybody waits for it.
    const closed = once(child, 'close')
    return { child, closed, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  })
  // Both are warm before either is timed.
  for (const { lines } of workers) await lines.next()
  const startedAt = performance.now()
  for (const { child } of workers) child.stdin.write('go\n')
  for (const { lines } of workers) await lines.next()
  const seconds = (performance.now() - startedAt) / 1000
  await Promise.all(workers.map(({ closed }) => closed))
  return total / seconds
}
