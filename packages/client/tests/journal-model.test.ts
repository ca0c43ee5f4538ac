import type { Database } from '@coupon-gateway/database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateJournal } from '../src/index.ts'
import type { JournalStage } from '../src/journal/open-journal-stage.ts'
import { recordUse } from '../src/journal/record-use.ts'
import { OutcomeUnknownError } from '../src/upstream-error.ts'
import {
  createFakeHosted,
  type FakeClientOptions,
  openFakeClient,
  passTime,
  SENDINGS,
  type Send,
  type Sending,
} from './journal-harness.ts'
import { JOURNAL_DATABASES, stateOf } from './journal-under-test.ts'

let database: Database
beforeAll(async () => {
  database = await JOURNAL_DATABASES.PostgreSQL()
  await migrateJournal(database)
})
afterAll(() => database?.close())

/** One thing that happens. */
type Happening =
  | { readonly kind: 'redeem'; readonly key: number; readonly sending: Sending }
  | { readonly kind: 'lapse' }
  | { readonly kind: 'settle' }
  | { readonly kind: 'round' }
  | { readonly kind: 'report' }
  | { readonly kind: 'others-use'; readonly coupon: number }

const USE_LIMITS = [1, 5, 0]
const KEYS = 6
/** Two keys for each coupon. */
const couponOf = (key: number) => key % USE_LIMITS.length

const happening = (withOthers: boolean): fc.Arbitrary<Happening> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('redeem' as const),
        key: fc.nat(KEYS - 1),
        sending: fc.constantFrom(...SENDINGS),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'lapse' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'settle' as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'round' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'report' as const }) },
    ...(withOthers
      ? [
          {
            weight: 1,
            arbitrary: fc.record({
              kind: fc.constant('others-use' as const),
              coupon: fc.nat(USE_LIMITS.length - 1),
            }),
          },
        ]
      : []),
  )

let runs = 0

/** Lets everything happen, and says what the journal or a caller claims that is not so. */
async function findLies(
  happenings: readonly Happening[],
  options: FakeClientOptions = {},
): Promise<string[]> {
  runs += 1
  const run = `RUN${String(runs).padStart(5, '0')}`
  const codes = USE_LIMITS.map((_, index) => `${run}X${index}`)
  const keyOf = (key: number) => `${run}-key-${key}`
  const codeOf = (key: number) => codes[couponOf(key)] ?? ''
  const hosted = createFakeHosted()
  for (const [index, code] of codes.entries()) hosted.create(code, USE_LIMITS[index] ?? 0)
  const clients = [openFakeClient(database, hosted, options)]
  const client = () => clients[clients.length - 1] as (typeof clients)[number]
  const mayNeedReview = options.otherWriters || !happenings.some(({ kind }) => kind === 'report')
  const lies: string[] = []
  const report = async () => {
    for (const code of codes) {
      for (const memo of hosted.usesOf(code)) {
        await database.transaction((it) => recordUse(it, { code: code as never, memo }))
      }
    }
  }
  const arriveAndSettle = async () => {
    // Within the settle delay all arrives that ever does.
    hosted.deliverLate()
    await passTime(database, 61_000)
    await client().stage.reconciler.runRound()
  }

  for (const it of happenings) {
    switch (it.kind) {
      case 'redeem': {
        const key = keyOf(it.key)
        const end = await client().redeem(codeOf(it.key), key, it.sending)
        if (end === 'dead') clients.push(openFakeClient(database, hosted, options))
        const effects = hosted.effectsOf(key)
        if (end === 'redeemed' && effects !== 1) lies.push(`${key} redeemed, with ${effects} uses`)
        if (end === 'rejected' && effects !== 0) lies.push(`${key} rejected, with ${effects} uses`)
        break
      }
      case 'lapse':
        await passTime(database, 11_000)
        break
      case 'settle':
        await arriveAndSettle()
        break
      case 'round':
        await client().stage.reconciler.runRound()
        break
      case 'report':
        await report()
        break
      case 'others-use':
        hosted.useByOthers(codes[it.coupon] ?? '')
        break
    }
  }
  for (const _ of [1, 2, 3]) await arriveAndSettle()
  // Events come late, and settle what the count left open.
  if (!mayNeedReview) await report()
  for (let key = 0; key < KEYS; key += 1) {
    const effects = hosted.effectsOf(keyOf(key))
    const state = await stateOf(database, keyOf(key))
    if (effects > 1) lies.push(`${keyOf(key)} has ${effects} uses`)
    if (state === 'REDEEMED' && effects !== 1) lies.push(`${keyOf(key)} REDEEMED without a use`)
    if (state === 'NO_EFFECT' && effects !== 0) lies.push(`${keyOf(key)} NO_EFFECT with a use`)
    if (state === 'NEEDS_REVIEW' && !mayNeedReview) lies.push(`${keyOf(key)} is left to a person`)
    if (state === 'SENDING' || state === 'PENDING') lies.push(`${keyOf(key)} stays ${state}`)
    // No row, and yet a use: it was sent before it was written down.
    if (state === null && effects !== 0) lies.push(`${keyOf(key)} unknown, with ${effects} uses`)
  }
  await Promise.all(clients.map(({ stage }) => stage.close()))
  return lies
}

const PROPERTY = { numRuns: 20, endOnFailure: true }

describe('whatever is lost, late or killed, and whoever repeats,', () => {
  it('the journal claims nothing that is not so, and each key has one effect or none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening(false), { maxLength: 20 }), async (happenings) => {
        expect(await findLies(happenings)).toEqual([])
      }),
      PROPERTY,
    )
  })

  it('nor does it where others redeem the same coupons and it was told so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening(true), { maxLength: 20 }), async (happenings) => {
        expect(await findLies(happenings, { otherWriters: true })).toEqual([])
      }),
      PROPERTY,
    )
  })
})

describe('a mutant is caught:', () => {
  it('the journal written after sending forgets a redemption over a crash, which is then sent twice', async () => {
    const afterSending = (stage: JournalStage): JournalStage => ({
      ...stage,
      journal: {
        ...stage.journal,
        async begin(idempotencyKey, intent, holdId) {
          const begun = await stage.journal.begin(idempotencyKey, intent, holdId)
          if (begun.begun.kind === 'claimed') {
            await database.query('delete from journal_entry where idempotency_key = $1', [
              idempotencyKey,
            ])
          }
          return begun
        },
      },
    })
    const crashAndRepeat: Happening[] = [
      { kind: 'redeem', key: 1, sending: 'crash-after' },
      { kind: 'lapse' },
      { kind: 'redeem', key: 1, sending: 'answered' },
    ]
    expect(await findLies(crashAndRepeat)).toEqual([])
    expect(await findLies(crashAndRepeat, { mutateStage: afterSending })).not.toEqual([])
  })

  it('the retry of an ambiguous redeem on a hosted upstream takes a second unit', async () => {
    const retrying =
      (send: Send): Send =>
      (call, sending) =>
        send(call, sending).catch((error) => {
          if (error instanceof OutcomeUnknownError) return send(call, 'answered')
          throw error
        })
    const loseOne: Happening[] = [{ kind: 'redeem', key: 2, sending: 'lost-after' }]
    expect(await findLies(loseOne)).toEqual([])
    expect(await findLies(loseOne, { mutateSend: retrying })).not.toEqual([])
  })

  it('a takeover that frees what a dead client may have sent takes a second unit', async () => {
    const crashAndRepeat: Happening[] = [
      { kind: 'redeem', key: 1, sending: 'crash-after' },
      { kind: 'lapse' },
      { kind: 'redeem', key: 1, sending: 'answered' },
    ]
    const freeing = (stage: JournalStage): JournalStage => ({
      ...stage,
      journal: {
        ...stage.journal,
        async begin(idempotencyKey, intent, holdId) {
          await database.query(
            `delete from journal_entry e where e.idempotency_key = $1 and e.state = 'SENDING'
               and not exists (select from journal_owner o where o.id = e.owner and o.alive_until > clock_timestamp())`,
            [idempotencyKey],
          )
          return stage.journal.begin(idempotencyKey, intent, holdId)
        },
      },
    })
    expect(await findLies(crashAndRepeat, { mutateStage: freeing })).not.toEqual([])
  })
})
