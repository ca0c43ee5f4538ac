import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openPostgres } from '@coupon-gateway/database'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { createUpstreamClient, type JournalOptions, type UpstreamClient } from '../src/index.ts'
import { type Fault, PASS, startFaultProxy } from '../tests/fault-proxy.ts'
import { reportUses } from './hosted-events.ts'
import { compareWithUpstream, type HostedVerdict } from './hosted-verdict.ts'

const API_KEY = 'demo_personal_key'

/** One intended redemption. */
export interface HostedTask {
  readonly code: string
  readonly userId: string
  readonly idempotencyKey: string
}

/** What a worker was told of a task; `open`: nothing for long. */
export interface TaskEnd {
  readonly idempotencyKey: string
  readonly end: 'redeemed' | 'rejected' | 'open'
}

/** What a client process is to do. */
export interface WorkerPlan {
  readonly upstreamUrl: string
  readonly journalUrl: string
  readonly apiKey: string
  readonly journal: Omit<JournalOptions, 'database'>
  readonly tasks: readonly HostedTask[]
  readonly inFlight: number
  readonly giveUpAfterMs: number
}

export interface HostedRunOptions {
  readonly postgresUrl: string
  readonly redemptions: number
  /** `kill -9` of a client, spread over the run; another one takes its place. */
  readonly kills: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly progress: (message: string) => void
}

const PROCESSES = 2
const IN_FLIGHT = 16
const JOURNAL = { leaseMs: 2_000, settleDelayMs: 1_000, reconcileIntervalMs: 100 }
/** Well within the settle delay: what arrives later than that is not promised anything. */
const LATE_MS = 500

/** What becomes of one call in five, in equal parts: most of it is lost after it was taken. */
const LOSSES: readonly Fault[] = [
  { kind: 'reset-after' },
  { kind: 'cut-body' },
  { kind: 'wrong-json' },
  { kind: 'error-after' },
  { kind: 'reset-before' },
  { kind: 'arrives-late', delayMs: LATE_MS },
]
const LOST_SHARE = 0.2

/**
 * Redeems on the stand-in of the hosted service, through a proxy that loses a fifth of all answers, by clients that
 * are killed meanwhile, and compares journal, upstream and what the callers were told.
 */
export async function runHosted(options: HostedRunOptions): Promise<HostedVerdict> {
  const { postgresUrl, redemptions, random, progress } = options
  const apiUrl = await createTestDatabase(postgresUrl)
  const journalUrl = await createTestDatabase(postgresUrl)
  let api: ServiceProcess | undefined
  try {
    api = await startServiceProcess('api', {
      API_PROFILE: 'hosted',
      DATABASE_URL: apiUrl,
      DEMO: 'true',
      LOG_LEVEL: 'error',
    })
    progress(`  ${redemptions} redemptions: creating coupons`)
    const tasks = shuffle(await createTasks(api.url, redemptions), random)
    const proxy = await startFaultProxy(api.url)
    proxy.setFault(() =>
      random() < LOST_SHARE ? (LOSSES[Math.floor(random() * LOSSES.length)] ?? PASS) : PASS,
    )
    const plan = {
      upstreamUrl: proxy.url,
      journalUrl,
      apiKey: API_KEY,
      journal: JOURNAL,
      inFlight: IN_FLIGHT,
      // Only a key that is left to a person is asked for so long.
      giveUpAfterMs: 90_000,
    }
    const stopReporting = reportUses(plan, apiUrl)
    const told = await redeemAll(plan, tasks, options)
    await settleRest(plan, tasks)
    await stopReporting()
    await proxy.close()
    return await compareWithUpstream({ tasks, told, journalUrl, apiUrl })
  } finally {
    await api?.stop()
  }
}

/** Single uses, coupons for five with six who want them, and unlimited ones, as 6 to 3 to 1. */
async function createTasks(url: string, redemptions: number): Promise<HostedTask[]> {
  const client = createUpstreamClient({
    urls: [url],
    apiKey: API_KEY,
    profile: 'hosted',
    // All wait at once, and a busy machine takes its time.
    deadlineMs: 600_000,
  })
  const singles = Math.round(redemptions * 0.6)
  const fives = Math.round((redemptions * 0.3) / 6)
  const unlimited = Math.max(1, Math.round(redemptions / 500))
  const rest = redemptions - singles - fives * 6
  const tasks: HostedTask[] = []
  const add = (code: string, users: number) => {
    for (let user = 0; user < users; user += 1) {
      tasks.push({ code, userId: `user-${user}`, idempotencyKey: `order-${tasks.length}` })
    }
  }
  for (const code of await createCoupons(client, singles, 1)) add(code, 1)
  for (const code of await createCoupons(client, fives, 5)) add(code, 6)
  const codes = await createCoupons(client, unlimited, 0)
  for (const [index, code] of codes.entries()) {
    add(code, Math.floor(rest / unlimited) + (index < rest % unlimited ? 1 : 0))
  }
  await client.close()
  return tasks
}

async function createCoupons(
  client: UpstreamClient,
  count: number,
  useLimit: number,
): Promise<string[]> {
  const settings = { discountKind: 'percent', discount: 10, useLimit } as const
  return Promise.all(
    Array.from({ length: count }, async () => {
      const created = await client.create({ settings })
      if (created.outcome !== 'created') throw new Error(`no coupon: ${JSON.stringify(created)}`)
      return created.code
    }),
  )
}

async function redeemAll(
  plan: Omit<WorkerPlan, 'tasks'>,
  tasks: readonly HostedTask[],
  { kills, random, progress }: HostedRunOptions,
): Promise<ReadonlyMap<string, TaskEnd['end']>> {
  const told = new Map<string, TaskEnd['end']>()
  let killed = 0
  const nextKillAt = () =>
    killed < kills ? ((killed + 0.5 + random() * 0.5) * tasks.length) / (kills + 1) : Infinity
  let killAt = nextKillAt()

  /** Does its part, by one client after another. */
  async function runLane(lane: number): Promise<void> {
    for (;;) {
      const left = tasks.filter(
        ({ idempotencyKey }, index) => index % PROCESSES === lane && !told.has(idempotencyKey),
      )
      if (left.length === 0) return
      const worker = startWorker({ ...plan, tasks: left })
      worker.on('message', ({ idempotencyKey, end }: TaskEnd) => {
        told.set(idempotencyKey, end)
        if (told.size < killAt) return
        killed += 1
        killAt = nextKillAt()
        progress(`  ${told.size} known, kill -9 of client ${worker.pid}`)
        worker.kill('SIGKILL')
      })
      const [code, signal] = await once(worker, 'exit')
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(`a client ended with ${code}`)
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, (_, lane) => runLane(lane)))
  if (killed !== kills) throw new Error(`${kills} clients were to be killed, and ${killed} were`)
  return told
}

function startWorker(plan: WorkerPlan): ChildProcess {
  const worker = fork(fileURLToPath(new URL('hosted-worker.ts', import.meta.url)))
  worker.send(plan)
  return worker
}

/** What nobody asks for any more is settled all the same: a client that is only open does it. */
async function settleRest(
  plan: Omit<WorkerPlan, 'tasks'>,
  tasks: readonly HostedTask[],
): Promise<void> {
  const database = openPostgres(plan.journalUrl)
  const client = createUpstreamClient({
    urls: [plan.upstreamUrl],
    apiKey: API_KEY,
    profile: 'hosted',
    journal: { database, ...plan.journal },
  })
  const countOpen = async () => {
    const [row] = await database.query<{ open: number }>(
      `select count(*)::int as open from journal_entry where state in ('SENDING', 'PENDING')`,
    )
    return row?.open ?? 0
  }
  const untilMs = performance.now() + 30_000 + tasks.length
  while ((await countOpen()) > 0 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await client.close()
  await database.close()
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
