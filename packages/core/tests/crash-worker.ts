import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { createActor, startRecording } from '../race-museum/actor.ts'
import { openCouponCore } from '../src/index.ts'
import { type CrashWorkerReport, type CrashWorkerTask, keyOf } from './crash-worker-task.ts'

// A process that is there to be killed: it redeems for many users in one burst, and reports every answer as it gets it.

const task: CrashWorkerTask = JSON.parse(process.argv[2] ?? '')
const database: Database =
  task.database.kind === 'postgres'
    ? openPostgres(task.database.url)
    : await openPglite(task.database.folder)
const core = await openCouponCore(database, { maxBatch: task.maxBatch })
const actor = createActor(
  core,
  startRecording(() => 0),
  task,
)

await Promise.all(
  task.users.map(async (user) => {
    const answer = await actor.redeem(user, keyOf(task.code, user))
    // A pipe is written to at once: what was written before the kill is read after it.
    process.stdout.write(`${JSON.stringify({ user, answer } satisfies CrashWorkerReport)}\n`)
  }),
)
await database.close()
