import type { Figure, Session } from '@coupon-gateway/bench'
import { type Database, openPostgres } from '@coupon-gateway/database'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { fillLog } from './fill-log.ts'
import { type ReadStream, readStream } from './read-stream.ts'

const COUNT = 1_000_000

/** Flat: once it runs, the process needs no more for the last code than for the first ones. */
const FLAT = '<= 1.25'

/** So that the memory shows what is needed, and not how long garbage may lie where there is room for it. */
const SMALL_HEAP = '--max-old-space-size=96'

export const MANY_COUPONS: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'api.3a',
    what: 'bulk create of 1,000,000 codes over REST, durable',
    unit: 'codes/s',
    goal: '>= 20000',
  },
  {
    id: 'api.3b',
    what: 'its memory: most of all the time against most in the first tenth',
    unit: 'ratio',
    goal: FLAT,
  },
  { id: 'api.3c', what: 'its memory at its most', unit: 'MiB', goal: '<= 512' },
  {
    id: 'api.3d',
    what: 'export of 1,000,000 log rows as CSV over REST',
    unit: 'rows/s',
    goal: '>= 20000',
  },
  {
    id: 'api.3e',
    what: 'its memory: most of all the time against most in the first tenth',
    unit: 'ratio',
    goal: FLAT,
  },
  { id: 'api.3f', what: 'its memory at its most', unit: 'MiB', goal: '<= 512' },
]

/** One api process each over a database of its own, its answer read as fast as it comes. */
export async function measureManyCoupons(
  serverUrl: string,
  { quick, progress }: Session,
): Promise<ReadonlyMap<string, number>> {
  const count = quick ? COUNT / 10 : COUNT
  const databaseUrl = await createTestDatabase(serverUrl)
  const database = openPostgres(databaseUrl, { poolSize: 1 })
  const withApi = async (call: (url: string, pid: number) => Promise<ReadStream>) => {
    const api = await startServiceProcess('api', {
      DATABASE_URL: databaseUrl,
      DEMO: 'true',
      LOG_LEVEL: 'warn',
      NODE_OPTIONS: SMALL_HEAP,
    })
    try {
      return await call(api.url, api.pid)
    } finally {
      await api.stop()
    }
  }
  try {
    progress(`bulk create of ${count.toLocaleString('en')}`)
    const bulk = await withApi((url, pid) => readBulk(url, pid, count))
    await expectCount(database, 'coupon', `name = 'bench'`, count)
    progress(`export of ${count.toLocaleString('en')}`)
    await fillLog(database, count)
    const log = await withApi((url, pid) => readLog(url, pid, count))
    return new Map([
      ['api.3a', count / bulk.seconds],
      ['api.3b', bulk.mostBytes / bulk.mostBytesAtFirst],
      ['api.3c', bulk.mostBytes / 2 ** 20],
      ['api.3d', count / log.seconds],
      ['api.3e', log.mostBytes / log.mostBytesAtFirst],
      ['api.3f', log.mostBytes / 2 ** 20],
    ])
  } finally {
    await database.close()
  }
}

async function readBulk(url: string, pid: number, count: number): Promise<ReadStream> {
  const read = await readStream(pid, count, `${url}/api/coupon/v1/create/bulk`, {
    method: 'POST',
    headers: {
      Authorization: 'APIKey demo_personal_key',
      'Content-Type': 'application/json',
      'Idempotency-Key': 'bench',
    },
    body: JSON.stringify({ count, nm: 'bench', discTypeIdx: 457, disc: 10, useLimit: 1 }),
  })
  if (read.lines !== count + 1 || read.lastLine !== JSON.stringify({ done: true, count })) {
    throw new Error(`bulk create ended after ${read.lines} lines with ${read.lastLine}`)
  }
  return read
}

async function readLog(url: string, pid: number, count: number): Promise<ReadStream> {
  const read = await readStream(pid, count, `${url}/api/coupon/v1/redemptions`, {
    headers: { Authorization: 'APIKey demo_personal_key', Accept: 'text/csv' },
  })
  if (read.lines !== count + 1) throw new Error(`the export had ${read.lines - 1} rows`)
  return read
}

async function expectCount(
  database: Database,
  table: string,
  condition: string,
  count: number,
): Promise<void> {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from ${table} where ${condition}`,
  )
  if (row?.count !== count) throw new Error(`${table} has ${row?.count} rows, not ${count}`)
}
