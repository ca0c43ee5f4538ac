import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgres } from '@coupon-gateway/database'
import { createUpstreamClient, isUpstreamError, type UpstreamClient } from '../src/index.ts'
import type { HostedTask, TaskEnd, WorkerPlan } from './hosted-run.ts'

// A client process that redeems until it is told how each task ended, and may be killed at any moment.

/** Nobody would repeat faster. */
const PAUSE_MS = 50

process.once('message', async (plan: WorkerPlan) => {
  const database = openPostgres(plan.journalUrl, { poolSize: 8 })
  const client = createUpstreamClient({
    urls: [plan.upstreamUrl],
    apiKey: plan.apiKey,
    profile: 'hosted',
    attemptTimeoutMs: 1_000,
    deadlineMs: 5_000,
    journal: { database, ...plan.journal },
  })
  const tasks = plan.tasks.values()
  await Promise.all(
    Array.from({ length: plan.inFlight }, async () => {
      for (const task of tasks) {
        const end = await redeemUntilKnown(client, task, plan.giveUpAfterMs)
        const told: TaskEnd = { idempotencyKey: task.idempotencyKey, end }
        process.send?.(told)
      }
    }),
  )
  await client.close()
  await database.close()
  process.disconnect?.()
})

async function redeemUntilKnown(
  client: UpstreamClient,
  task: HostedTask,
  giveUpAfterMs: number,
): Promise<TaskEnd['end']> {
  const untilMs = performance.now() + giveUpAfterMs
  while (performance.now() < untilMs) {
    try {
      const result = await client.redeem(task)
      switch (result.outcome) {
        case 'redeemed':
        case 'rejected':
          return result.outcome
        case 'key-in-use':
          break
        default:
          throw new Error(`key ${task.idempotencyKey} was used for another request`)
      }
    } catch (error) {
      if (!isUpstreamError(error)) throw error
    }
    await sleep(PAUSE_MS)
  }
  return 'open'
}
