import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Operation, Take, TakeRejectionReason } from '@coupon-gateway/linearizability'
import type { ConfirmResult, ReleaseResult, RollbackResult } from '../../src/index.ts'
import { type CoreUnderTest, letTimePass, newKey } from '../core-under-test.ts'

/** What to do, before it is done. */
export type Plan =
  | { readonly kind: 'redeem' | 'reserve'; readonly userId: string | null }
  /** `target` chooses among the units that are known by then. */
  | { readonly kind: 'confirm' | 'release' | 'rollback'; readonly target: number }

/** A request may be sent several times with one key, as a caller does who lost patience. */
export type Request = Plan & { readonly copies: number }

const TTL_SECONDS = 60

/** One coupon, asked by several processes, and the history of what they asked and were told. */
export class RecordedCoupon {
  readonly history: Operation[] = []
  readonly #ids: string[] = []
  readonly #code: CouponCode
  readonly #processes: readonly CoreUnderTest[]

  constructor(code: CouponCode, processes: readonly CoreUnderTest[]) {
    this.#code = code
    this.#processes = processes
  }

  /** Sends all at once, spread over the processes, and records their answers. */
  async sendTogether(requests: readonly Request[]): Promise<void> {
    const ids = [...this.#ids]
    const sent = requests.map(async ({ copies, ...plan }, index) => {
      const key = newKey()
      const target = 'target' in plan ? (ids[plan.target % ids.length] ?? randomUUID()) : ''
      return Promise.all(
        Array.from({ length: copies }, (_, copy) =>
          this.#send(this.#process(index + copy), plan, target, key),
        ),
      )
    })
    for (const copies of await Promise.all(sent)) this.#record(copies)
  }

  /** Lets the time of all reservations go over. Nothing may be under way. */
  async letAllExpire(): Promise<void> {
    const expiresAt = performance.now()
    const { database, accountId } = this.#process(0)
    await letTimePass(database, accountId, TTL_SECONDS + 1)
    for (const [index, operation] of this.history.entries()) {
      if (operation.kind !== 'reserve' || operation.result.outcome !== 'granted') continue
      if (operation.result.expiresAt < Number.POSITIVE_INFINITY) continue
      this.history[index] = { ...operation, result: { ...operation.result, expiresAt } }
    }
  }

  /** Redeems by new users until no unit is left, so that a unit that was lost, or one too many, comes to light. */
  async redeemTheRest(): Promise<void> {
    for (;;) {
      await this.sendTogether([{ kind: 'redeem', userId: randomUUID(), copies: 1 }])
      if (this.history.at(-1)?.result.outcome === 'rejected') return
    }
  }

  #process(index: number): CoreUnderTest {
    return this.#processes[index % this.#processes.length] as CoreUnderTest
  }

  async #send(
    process: CoreUnderTest,
    plan: Plan,
    target: string,
    idempotencyKey: string,
  ): Promise<Operation> {
    const calledAt = performance.now()
    switch (plan.kind) {
      case 'redeem': {
        const { kind, userId } = plan
        const answer = await process.redeem(this.#code, { userId, idempotencyKey })
        const times = { calledAt, returnedAt: performance.now() }
        if (answer.outcome !== 'redeemed')
          return { kind, userId, ...times, result: refusal(answer) }
        const { redemptionId: id, ordinal } = answer.redemption
        return { kind, userId, ...times, result: { outcome: 'granted', id, ordinal } }
      }
      case 'reserve': {
        const { kind, userId } = plan
        const ttlSeconds = TTL_SECONDS
        const answer = await process.reserve(this.#code, { userId, ttlSeconds, idempotencyKey })
        const times = { calledAt, returnedAt: performance.now() }
        if (answer.outcome !== 'reserved')
          return { kind, userId, ...times, result: refusal(answer) }
        const { redemptionId: id, ordinal } = answer.reservation
        const expiresAt = Number.POSITIVE_INFINITY
        return { kind, userId, ...times, result: { outcome: 'granted', id, ordinal, expiresAt } }
      }
      case 'rollback': {
        const { kind } = plan
        const answer = await process.rollback(target, 'returned', idempotencyKey)
        const times = { calledAt, returnedAt: performance.now() }
        return { kind, id: target, ...times, result: { outcome: rollbackOutcome(answer) } }
      }
      case 'confirm':
      case 'release': {
        const { kind } = plan
        const answer = await process[kind](target, idempotencyKey)
        const times = { calledAt, returnedAt: performance.now() }
        return { kind, id: target, ...times, result: { outcome: settleOutcome(answer) } }
      }
    }
  }

  /**
   * Copies that had an effect, or were told of it, are one operation: from the first call to the first such answer.
   * A refusal is no effect, and each is decided for itself.
   */
  #record(copies: readonly Operation[]): void {
    const [first] = copies
    const effects = copies.filter(hadEffect)
    if (first !== undefined && effects[0] !== undefined) {
      const told = new Set(effects.map(({ result }) => JSON.stringify(result)))
      if (told.size > 1) throw new Error(`one key was told ${[...told].join(' and ')}`)
      this.history.push({
        ...effects[0],
        calledAt: Math.min(...copies.map(({ calledAt }) => calledAt)),
        returnedAt: Math.min(...effects.map(({ returnedAt }) => returnedAt)),
      })
      const { result } = effects[0]
      if (result.outcome === 'granted') this.#ids.push(result.id)
    }
    this.history.push(...copies.filter((copy) => !hadEffect(copy)))
  }
}

export function isTake(operation: Operation): operation is Take {
  return operation.kind === 'redeem' || operation.kind === 'reserve'
}

/** A release that finds the reservation over stores that answer, too. */
function hadEffect({ kind, result }: Operation): boolean {
  return (
    result.outcome === 'granted' ||
    result.outcome === 'done' ||
    (kind === 'release' && result.outcome === 'expired')
  )
}

const REASONS = new Set<string>(['EXHAUSTED', 'ALL_HELD', 'ALREADY_REDEEMED_BY_USER'])

function refusal(answer: { readonly outcome: string; readonly reason?: string }) {
  if (answer.outcome !== 'rejected' || !REASONS.has(answer.reason ?? '')) throw unexpected(answer)
  return { outcome: 'rejected', reason: answer.reason as TakeRejectionReason } as const
}

function settleOutcome(answer: ConfirmResult | ReleaseResult) {
  if (answer.outcome === 'settled') {
    return answer.redemption.status === 'EXPIRED' ? 'expired' : 'done'
  }
  if (answer.outcome !== 'rejected') throw unexpected(answer)
  return answer.reason === 'RESERVATION_EXPIRED' ? 'expired' : 'not-found'
}

function rollbackOutcome(answer: RollbackResult) {
  if (answer.outcome === 'settled') return 'done'
  if (answer.outcome !== 'rejected') throw unexpected(answer)
  return answer.reason === 'ALREADY_ROLLED_BACK' ? 'already' : 'not-found'
}

function unexpected(answer: object): Error {
  return new Error(`an answer that is not expected here: ${JSON.stringify(answer)}`)
}
