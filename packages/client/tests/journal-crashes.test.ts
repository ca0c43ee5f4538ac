import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { expect, inject, it, onTestFinished } from 'vitest'
import { runHosted, type TaskEnd, type WorkerPlan } from '../bench/hosted-run.ts'
import { API_KEY } from './api-under-test.ts'
import { startHosted } from './hosted-under-test.ts'
import { QUICK } from './journal-under-test.ts'

/** A small generator with a seed, so that a run that fails can be run again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

it('two clients on one journal, killed with a fifth of all answers lost, leave each key one effect or none', async () => {
  const verdict = await runHosted({
    postgresUrl: inject('postgresUrl'),
    redemptions: 150,
    kills: 2,
    random: seeded(7),
    progress: () => {},
  })
  expect(verdict).toMatchObject({
    twice: [],
    disagreements: [],
    toldWrong: [],
    refusedWrongly: [],
    pending: 0,
    needsReview: 0,
    unaccounted: 0,
  })
  // 90 single uses, 8 coupons for five of six who want them, 12 uses of an unlimited one.
  expect(verdict.redeemed).toBe(90 + 40 + 12)
}, 120_000)

it('two processes that redeem with the same keys at once join each other: one sends, both are told', async () => {
  const hosted = await startHosted()
  onTestFinished(() => hosted.stop())
  const codes = await Promise.all(Array.from({ length: 8 }, () => hosted.createCoupon(0)))
  // Long enough in flight for the other one to find it there.
  hosted.proxy.setFault(({ url }) =>
    url.endsWith('/redeem') ? { kind: 'late', delayMs: 200 } : { kind: 'pass' },
  )
  const plan: WorkerPlan = {
    upstreamUrl: hosted.proxy.url,
    journalUrl: await createTestDatabase(inject('postgresUrl')),
    apiKey: API_KEY,
    journal: QUICK,
    tasks: codes.map((code) => ({ code, userId: 'ada', idempotencyKey: `order-${code}` })),
    inFlight: codes.length,
    giveUpAfterMs: 20_000,
  }
  const told: TaskEnd[] = []
  await Promise.all([1, 2].map(() => runWorker(plan, (end) => told.push(end))))
  expect(told).toHaveLength(2 * codes.length)
  expect(told.every(({ end }) => end === 'redeemed')).toBe(true)
  for (const code of codes) expect(hosted.requestsOf('redeem', code)).toHaveLength(1)
}, 60_000)

async function runWorker(plan: WorkerPlan, onEnd: (end: TaskEnd) => void): Promise<void> {
  const worker: ChildProcess = fork(
    fileURLToPath(new URL('../bench/hosted-worker.ts', import.meta.url)),
  )
  worker.on('message', onEnd)
  worker.send(plan)
  await once(worker, 'exit')
}
