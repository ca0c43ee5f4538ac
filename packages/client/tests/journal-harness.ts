import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import type { Answer } from '../src/attempt-outcome.ts'
import type { TimedCall } from '../src/call.ts'
import { resolveJournalOptions } from '../src/journal/journal-options.ts'
import { readKeyFromMemo } from '../src/journal/memo-key.ts'
import { type JournalStage, openJournalStage } from '../src/journal/open-journal-stage.ts'
import { withJournal } from '../src/journal/with-journal.ts'
import { OutcomeUnknownError } from '../src/upstream-error.ts'
import type { ValidateResult } from '../src/validate.ts'
import { readCoupon } from '../src/wire-coupon.ts'
import { createFakeClock } from './fake-clock.ts'
import { WIRE_COUPON } from './misbehaving-upstream.ts'

/** What befalls one sending of a redeem. */
export const SENDINGS = [
  'answered',
  /** Carried out, and the answer lost. */
  'lost-after',
  /** Never carried out, and no answer. */
  'lost-before',
  /** No answer, and carried out later, within the settle delay. */
  'late',
  /** The client dies: before it is carried out, or after. */
  'crash-before',
  'crash-after',
] as const
export type Sending = (typeof SENDINGS)[number]

export type Send = (call: TimedCall, sending: Sending) => Promise<Answer>

/** Of a caller who joins another one. */
const PATIENCE_MS = 100
/** Settle delay, lease and rounds, in milliseconds: time passes by `passTime` alone. */
const TIMES = { settleDelayMs: 60_000, leaseMs: 10_000, reconcileIntervalMs: 1_000 }

/** A hosted upstream in memory: it counts, keeps memos, and knows no keys. */
export function createFakeHosted() {
  const coupons = new Map<string, { readonly useLimit: number; readonly memos: string[] }>()
  const late: (() => void)[] = []
  const couponOf = (code: string) => {
    const coupon = coupons.get(code)
    if (coupon === undefined) throw new Error(`there is no coupon ${code}`)
    return coupon
  }
  const isUsedUp = (code: string) => {
    const { useLimit, memos } = couponOf(code)
    return useLimit > 0 && memos.length >= useLimit
  }
  function carryOut(code: string, memo: string): boolean {
    if (isUsedUp(code)) return false
    couponOf(code).memos.push(memo)
    return true
  }
  return {
    create(code: string, useLimit: number) {
      coupons.set(code, { useLimit, memos: [] })
    },
    /** Past every journal. */
    useByOthers: (code: string) => carryOut(code, 'somebody else'),
    usesOf: (code: string) => couponOf(code).memos,
    /** Uses by key, over all coupons. */
    effectsOf(idempotencyKey: string): number {
      return [...coupons.values()]
        .flatMap(({ memos }) => memos)
        .filter((memo) => readKeyFromMemo(memo)?.idempotencyKey === idempotencyKey).length
    },
    deliverLate() {
      for (const arrive of late.splice(0)) arrive()
    },
    async look(code: string): Promise<ValidateResult> {
      const { useLimit, memos } = couponOf(code)
      if (isUsedUp(code)) {
        return {
          outcome: 'rejected',
          reason: 'UNKNOWN',
          upstreamCode: 7,
          upstreamMessage: '',
          coupon: null,
        }
      }
      const coupon = readCoupon({
        ...WIRE_COUPON,
        cpnNo: code,
        strtYmd: '',
        onsiteYn: 'N',
        onsitePwdYn: 'N',
        useLimit,
        useCnt: memos.length,
      })
      if (coupon === null) throw new Error('no coupon')
      return { outcome: 'usable', coupon }
    },
    async send({ request, effect }: TimedCall, sending: Sending): Promise<Answer> {
      const { cpnNo, memo } = JSON.parse(request.body ?? '{}')
      const unknown = () =>
        new OutcomeUnknownError(
          effect.kind === 'write' ? effect.idempotencyKey : '',
          null,
          undefined,
        )
      switch (sending) {
        case 'lost-before':
          throw unknown()
        case 'crash-before':
          return new Promise(() => {})
        case 'late':
          late.push(() => carryOut(cpnNo, memo))
          throw unknown()
      }
      const isDone = carryOut(cpnNo, memo)
      if (sending === 'lost-after') throw unknown()
      if (sending === 'crash-after') return new Promise(() => {})
      return isDone
        ? { kind: 'done', result: null, replayed: false }
        : {
            kind: 'rejected',
            symbol: null,
            code: 7,
            message: '',
            result: null,
            retryAfterMs: null,
          }
    },
  }
}

export type FakeHosted = ReturnType<typeof createFakeHosted>

/** How a redeem ended for its caller; `dead` when the client died over it. */
export type RedeemEnd = 'redeemed' | 'rejected' | 'key-reused' | 'key-in-use' | 'dead' | string

/** The journal's stage of one client, over an upstream that does as told. */
export interface FakeClient {
  readonly stage: JournalStage
  redeem(code: string, idempotencyKey: string, sending: Sending): Promise<RedeemEnd>
}

export interface FakeClientOptions {
  readonly otherWriters?: boolean
  /** Wrong ways to do it, for mutants. */
  readonly mutateSend?: (send: Send) => Send
  readonly mutateStage?: (stage: JournalStage) => JournalStage
}

export function openFakeClient(
  database: Database,
  hosted: FakeHosted,
  { otherWriters = false, mutateSend = (it) => it, mutateStage = (it) => it }: FakeClientOptions,
): FakeClient {
  const clock = createFakeClock()
  const noRollback = () => Promise.reject(new Error('no rollback here'))
  const stage = mutateStage(
    openJournalStage({
      ...resolveJournalOptions({ database, otherWriters, ...TIMES }),
      clock,
      attemptTimeoutMs: 1_000,
      deadlineMs: 5_000,
      look: hosted.look,
      deleteCoupon: noRollback,
      createCoupon: noRollback,
    }),
  )
  const send = mutateSend(hosted.send)
  return {
    stage,
    async redeem(typed, idempotencyKey, sending) {
      const code = parseCouponCode(typed) as CouponCode
      const isCrash = sending.startsWith('crash')
      let isSent = false
      let whenSent = () => {}
      const sent = new Promise<'dead'>((resolve) => {
        whenSent = () => resolve('dead')
      })
      const pass = withJournal({ journal: stage, clock }, (call) => {
        const answer = send(call, isSent ? 'answered' : sending)
        isSent = true
        if (isCrash) setImmediate(whenSent)
        return answer
      })
      const endsAtMs = clock.monotonicMs() + PATIENCE_MS
      const deadline = { remainingMs: () => endsAtMs - clock.monotonicMs() }
      const call = { ...toCall(code, idempotencyKey), deadline }
      const end = pass(call).then(
        (answer) => (answer.kind === 'done' ? 'redeemed' : answer.kind),
        (error) => error.code as string,
      )
      return isCrash ? Promise.race([end, sent]) : end
    },
  }
}

function toCall(code: CouponCode, idempotencyKey: string): Omit<TimedCall, 'deadline'> {
  return {
    request: {
      method: 'PUT',
      path: '/api/coupon/v1/redeem',
      headers: {},
      body: JSON.stringify({ cpnNo: code, userId: idempotencyKey }),
    },
    effect: { kind: 'write', idempotencyKey },
    journalStep: {
      kind: 'redeem',
      intent: { code, userId: idempotencyKey, memo: null, hasOnsitePassword: false },
    },
    info: { id: 1, operation: 'redeem', kind: 'write', requestId: undefined },
    isSafeToRepeat: false,
    deadlineMs: 5_000,
    signal: undefined,
    trace: null,
  }
}

/** Time passes for the journal's database: leases lapse, and what has not arrived will not any more. */
export async function passTime(database: Database, durationMs: number): Promise<void> {
  for (const [table, columns] of [
    ['journal_owner', ['alive_until']],
    ['journal_entry', ['settle_after']],
    ['journal_coupon', ['settling_until', 'paused_until']],
  ] as const) {
    const changes = columns.map((it) => `${it} = ${it} - $1 * interval '1 millisecond'`)
    await database.query(`update ${table} set ${changes.join(', ')}`, [durationMs])
  }
}
