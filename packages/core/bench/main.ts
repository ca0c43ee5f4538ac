import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, runBenchmark, type Session } from '@coupon-gateway/bench'
import { openPglite, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, describeServer, startPostgres } from '@coupon-gateway/test-postgres'
import type { CouponCoreOptions } from '../src/index.ts'
import { measureCeiling } from './ceiling.ts'
import { codeOf, createCoupon, openSubject, redeemMany, type Subject } from './hot-coupon.ts'
import { fillWithCoupons, fillWithRedemptions } from './large-tables.ts'
import { measureTwoProcesses } from './two-processes.ts'

/** In flight in the batched runs, unless a figure says otherwise. */
const IN_FLIGHT = 512
const TEXTBOOK_CONNECTIONS = 64
const MANY_COUPONS = 100_000
const ENOUGH_UNITS = 1_000_000_000

const FIGURES: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'core.1',
    what: 'one hot coupon: batched, 512 in flight, against the textbook on 64 connections',
    unit: 'ratio',
    goal: '>= 25',
  },
  {
    id: 'core.2',
    what: 'one hot coupon against a bulk insert of the same rows in the same batches',
    unit: 'ratio',
    goal: '>= 0.5',
  },
  {
    id: 'core.3a',
    what: 'goodput from 1 to 64 to 512 to 2000 in flight: the smallest step',
    unit: 'ratio',
    goal: '>= 0.95',
  },
  {
    id: 'core.3b',
    what: 'median latency with 1 in flight against the conditional update',
    unit: 'ratio',
    goal: '<= 1.3',
  },
  { id: 'core.4a', what: 'spread over 100,000 coupons against one', unit: 'ratio', goal: '>= 0.5' },
  {
    id: 'core.4b',
    what: 'one unlimited coupon against 100,000 limited ones',
    unit: 'ratio',
    goal: '>= 0.9',
  },
  {
    id: 'core.4c',
    what: 'with 1,000,000 coupons and 5,000,000 log rows against empty tables',
    unit: 'ratio',
    goal: '>= 0.8',
  },
  { id: 'core.5a', what: 'rejections against grants', unit: 'ratio', goal: '>= 2' },
  { id: 'core.5b', what: 'two processes on one coupon against one', unit: 'ratio', goal: '>= 0.8' },
  {
    id: 'core.5c',
    what: 'resident memory after 1,000,000 redemptions against before',
    unit: 'ratio',
    goal: '<= 1.2',
  },
  { id: 'core.5d', what: 'PGlite: batched against one by one', unit: 'ratio', goal: '>= 4' },
  {
    id: 'goodput hot, batched',
    what: 'durable grants of one coupon, as measured beside core.1',
    unit: '1/s',
    goal: '>= 0',
  },
  { id: 'goodput hot, textbook', what: 'the same by the textbook', unit: '1/s', goal: '>= 0' },
]

async function measureFigures(serverUrl: string, session: Session): Promise<Figure[]> {
  const { rounds, quick, only } = session
  const size = (total: number) => (quick ? Math.ceil(total / 10) : total)
  const runs = new Map<string, number[]>()
  const record = (id: string, value: number) => runs.set(id, [...(runs.get(id) ?? []), value])
  const wants = (...ids: string[]) => ids.some((id) => id.startsWith(only))

  /** A fresh database for each measurement, so that none profits or suffers from the one before. */
  async function withSubject<Result>(
    options: CouponCoreOptions,
    measure: (subject: Subject) => Promise<Result>,
  ): Promise<Result> {
    const database = openPostgres(await createTestDatabase(serverUrl), {
      poolSize: TEXTBOOK_CONNECTIONS,
    })
    try {
      return await measure(await openSubject(database, options))
    } finally {
      await database.close()
    }
  }
  const hot = (
    options: CouponCoreOptions,
    inFlight: number,
    total: number,
    useLimit = ENOUGH_UNITS,
  ) =>
    withSubject(options, async (subject) => {
      const code = await createCoupon(subject, useLimit)
      const load = { inFlight, codeFor: () => code }
      // Connections are opened and statements planned before anything is timed.
      await redeemMany(subject, { ...load, total: Math.min(total, 2 * inFlight) })
      return redeemMany(subject, { ...load, total })
    })

  for (let round = 1; round <= rounds; round += 1) {
    session.progress(`round ${round} of ${rounds}`)
    const batched = (await hot({}, IN_FLIGHT, size(60_000))).goodput
    record('goodput hot, batched', batched)

    if (wants('core.1')) {
      const textbook = await hot({ strategy: 'textbook' }, TEXTBOOK_CONNECTIONS, size(3_000))
      record('core.1', batched / textbook.goodput)
      record('goodput hot, textbook', textbook.goodput)
    }
    if (wants('core.2')) {
      const ceiling = await withSubject({}, (subject) => measureCeiling(subject, size(100_000)))
      record('core.2', batched / ceiling)
    }
    if (wants('core.3')) {
      const goodputs = [
        (await hot({}, 1, size(3_000))).goodput,
        (await hot({}, 64, size(40_000))).goodput,
        batched,
        (await hot({}, 2_000, size(60_000))).goodput,
      ]
      record('core.3a', Math.min(...goodputs.slice(1).map((it, i) => it / (goodputs[i] ?? 1))))
      const alone = await hot({}, 1, size(3_000))
      const conditional = await hot({ strategy: 'conditional-update' }, 1, size(3_000))
      record('core.3b', alone.medianLatencyMs / conditional.medianLatencyMs)
    }
    if (wants('core.4')) {
      const [spread, unlimited] = await withSubject({}, async (subject) => {
        await fillWithCoupons(subject, MANY_COUPONS, ENOUGH_UNITS)
        const codeFor = (n: number) => codeOf(1 + ((n * 7_919) % MANY_COUPONS))
        await redeemMany(subject, { total: 2_000, inFlight: IN_FLIGHT, codeFor })
        const spreadOut = await redeemMany(subject, {
          total: size(60_000),
          inFlight: IN_FLIGHT,
          codeFor,
        })
        const code = await createCoupon(subject, 0)
        const load = { inFlight: IN_FLIGHT, codeFor: () => code }
        await redeemMany(subject, { ...load, total: 2_000 })
        return [spreadOut, await redeemMany(subject, { ...load, total: size(60_000) })] as const
      })
      record('core.4a', spread.goodput / batched)
      record('core.4b', unlimited.goodput / spread.goodput)
    }
    if (wants('core.5')) {
      const rejections = await withSubject({}, async (subject) => {
        const code = await createCoupon(subject, 1)
        const load = { inFlight: IN_FLIGHT, codeFor: () => code }
        await redeemMany(subject, { total: 1, inFlight: 1, codeFor: () => code })
        await redeemMany(subject, { ...load, total: 2_000, want: 'rejected' })
        return redeemMany(subject, { ...load, total: size(60_000), want: 'rejected' })
      })
      record('core.5a', rejections.goodput / batched)
      const two = await measureTwoProcesses(
        await createTestDatabase(serverUrl),
        size(60_000),
        IN_FLIGHT,
      )
      record('core.5b', two / batched)
      const [batchedPglite, onePglite] = [
        await hotOnPglite({}, IN_FLIGHT, size(10_000)),
        await hotOnPglite({ strategy: 'conditional-update' }, IN_FLIGHT, size(2_000)),
      ]
      record('core.5d', batchedPglite / onePglite)
    }
  }
  if (wants('core.4')) {
    session.progress('1,000,000 coupons, 5,000,000 log rows')
    await withSubject({}, async (subject) => {
      const code = await createCoupon(subject, ENOUGH_UNITS)
      const load = { inFlight: IN_FLIGHT, codeFor: () => code, total: size(40_000) }
      await redeemMany(subject, load)
      const empty = (await redeemMany(subject, load)).goodput
      await fillWithCoupons(subject, size(1_000_000), ENOUGH_UNITS)
      await fillWithRedemptions(subject, size(5_000_000))
      for (let round = 0; round < rounds; round += 1) {
        record('core.4c', (await redeemMany(subject, load)).goodput / empty)
      }
    })
  }
  if (wants('core.5')) {
    session.progress('1,000,000 redemptions, for memory')
    record(
      'core.5c',
      await withSubject({}, async (subject) => {
        const code = await createCoupon(subject, ENOUGH_UNITS)
        const load = { inFlight: IN_FLIGHT, codeFor: () => code, keep: false }
        await redeemMany(subject, { ...load, total: size(100_000) })
        globalThis.gc?.()
        const before = process.memoryUsage().rss
        await redeemMany(subject, { ...load, total: size(1_000_000) })
        globalThis.gc?.()
        return process.memoryUsage().rss / before
      }),
    )
  }
  return FIGURES.flatMap((figure) => {
    const values = runs.get(figure.id)
    return values === undefined ? [] : [{ ...figure, runs: values }]
  })
}

async function hotOnPglite(
  options: CouponCoreOptions,
  inFlight: number,
  total: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-bench-'))
  const database = await openPglite(folder)
  try {
    const subject = await openSubject(database, options)
    const code = await createCoupon(subject, ENOUGH_UNITS)
    const load = { inFlight, codeFor: () => code }
    await redeemMany(subject, { ...load, total: Math.min(total, 1_000) })
    return (await redeemMany(subject, { ...load, total })).goodput
  } finally {
    await database.close()
    await rm(folder, { recursive: true })
  }
}

await runBenchmark('core', async (session) => {
  const server = await startPostgres()
  try {
    const conditions = await describeServer(server.url)
    return { conditions, figures: await measureFigures(server.url, session) }
  } finally {
    await server.stop()
  }
})
