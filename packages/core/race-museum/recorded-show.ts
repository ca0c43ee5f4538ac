import { findDifferences } from '../src/verify.ts'
import type { Call } from './call.ts'
import type { Exhibit } from './exhibit.ts'
import type { Fault } from './plant-fault.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

/**
 * What callers were told in one show, and what the database has of it: all that somebody needs who judges it without
 * knowing the core. The lines of the history are those of a load run (`load/plan.ts`), their moments numbers in order.
 */
export interface RecordedShow {
  readonly race: string
  /** What the variant does wrong; null: it is the core itself. */
  readonly fault: string | null
  readonly strategy: Exhibit['strategy']
  /** From 1. */
  readonly round: number
  readonly coupon: { readonly code: string; readonly limit: number; readonly userLimit: number }
  readonly history: readonly object[]
  readonly log: readonly object[]
  readonly counters: readonly object[]
  /** What the core's own comparison of its tables finds. */
  readonly verified: readonly object[]
}

export interface ShowOptions {
  /** Of a database that had the same variant before, or none. */
  readonly url: string
  readonly isFaulty: boolean
  readonly round: number
}

/**
 * Lets an exhibit play, and records it. The constraints that would stop a fault are taken away: what is recorded is
 * what callers would be told without them.
 */
export async function recordShow(
  exhibit: Exhibit,
  { url, isFaulty, round }: ShowOptions,
): Promise<RecordedShow> {
  const { strategy, useLimit, race } = exhibit
  const fault: Fault = isFaulty ? exhibit.plant() : {}
  const stage = await openStage(url, { strategy, useLimit, fault, withConstraints: !isFaulty })
  try {
    await exhibit.drive(stage)
    return {
      race,
      fault: isFaulty ? exhibit.fault : null,
      strategy,
      round,
      ...(await read(stage, stage)),
    }
  } finally {
    await stage.close()
  }
}

async function read({ database }: Stage, { coupon, calls }: Scene) {
  const [found] = await database.query<{ code: string }>('select code from coupon where id = $1', [
    coupon.id,
  ])
  const code = found?.code ?? ''
  const log = await database.query(
    `select id as "redemptionId", $2::text as coupon, coupon_id as "couponId", ordinal,
       user_id as "user", idempotency_key as key, status
     from redemption where coupon_id = $1 order by ordinal`,
    [coupon.id, code],
  )
  const counters = await database.query(
    `select $2::text as coupon, coupon_id as "couponId", use_limit as limit, used, held
     from coupon_usage where coupon_id = $1`,
    [coupon.id, code],
  )
  const verified = (await findDifferences(database)).filter(
    ({ couponId }) => couponId === coupon.id,
  )
  return {
    coupon: { code, limit: coupon.useLimit, userLimit: coupon.userLimit },
    history: calls.map((call, index) => toEntry(code, call, index)),
    log,
    counters,
    verified,
  }
}

function toEntry(
  coupon: string,
  { step, userId, key, redemptionId, calledAt, returnedAt, answer }: Call,
  attempt: number,
): object {
  return {
    attempt,
    coupon,
    operation: step,
    user: userId,
    key,
    ...(redemptionId === null ? {} : { redemptionId }),
    calledAt,
    returnedAt,
    outcome: toOutcome(answer),
  }
}

function toOutcome(answer: Call['answer']): object {
  switch (answer.outcome) {
    case 'granted': {
      const { redemptionId, ordinal, replayed } = answer
      return { kind: 'granted', redemptionId, ordinal, replayed }
    }
    case 'settled':
      return { kind: 'done', replayed: answer.replayed }
    case 'rejected':
      return { kind: 'rejected', reason: answer.reason }
    case 'failed':
      return { kind: 'unexpected', answer: answer.why }
    default:
      throw new TypeError(`no such answer: ${JSON.stringify(answer satisfies never)}`)
  }
}
