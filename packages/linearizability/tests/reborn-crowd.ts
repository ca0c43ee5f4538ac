import { createCouponModel, type Operation } from '../src/index.ts'
import { seededRandom } from './crowd.ts'

export interface RebornCrowdOptions {
  readonly seed: number
  readonly clients: number
  readonly attempts: number
  readonly latencyMs: number
}

const USE_LIMIT = 10
/** Of so many attempts one deletes the coupon and creates it anew; the others redeem it. */
const ATTEMPTS_A_LIFE = 25

interface Client {
  /** When it calls next, or its call has its effect. */
  at: number
  call?: { kind: 'redeem' | 'delete' | 'create'; user: number; calledAt: number } | undefined
}

/** A right history of a coupon that is deleted and created anew again and again, by many at once. */
export function simulateRebornCrowd({
  seed,
  clients: count,
  attempts,
  latencyMs,
}: RebornCrowdOptions): Operation[] {
  const random = seededRandom(seed)
  const model = createCouponModel({ useLimit: USE_LIMIT, userLimit: 1 })
  const history: Operation[] = []
  let state = model.initial
  let made = 0
  const clients: Client[] = Array.from({ length: count }, () => ({ at: random(20) }))
  for (;;) {
    const client = clients.reduce((a, b) => (b.at < a.at ? b : a))
    const { at, call } = client
    if (at === Infinity) return history
    if (call === undefined) {
      if (made === attempts) {
        client.at = Infinity
        continue
      }
      const kind = made % ATTEMPTS_A_LIFE === ATTEMPTS_A_LIFE - 1 ? 'delete' : 'redeem'
      client.call = { kind, user: made, calledAt: at }
      client.at += random(latencyMs)
      made += 1
      continue
    }
    const interval = { calledAt: call.calledAt, returnedAt: at + random(latencyMs) }
    const operation = answersTo(call, interval).find(
      (it) => model.place(state, it).kind !== 'refused',
    ) as Operation
    const placement = model.place(state, operation)
    if (placement.kind === 'changed') state = placement.next()
    history.push(operation)
    const next = interval.returnedAt + random(3)
    client.call = call.kind === 'delete' ? { ...call, kind: 'create', calledAt: next } : undefined
    client.at = call.kind === 'delete' ? next + random(latencyMs) : next
  }

  /** One of them is true. */
  function answersTo(
    { kind, user }: NonNullable<Client['call']>,
    interval: Pick<Operation, 'calledAt' | 'returnedAt'>,
  ): readonly Operation[] {
    if (kind === 'delete') {
      return (['done', 'not-found'] as const).map((outcome): Operation => {
        return { kind, ...interval, result: { outcome } }
      })
    }
    if (kind === 'create') {
      return (['done', 'code-taken'] as const).map((outcome): Operation => {
        return { kind, ...interval, useLimit: USE_LIMIT, result: { outcome } }
      })
    }
    const take = { kind, ...interval, userId: `user-${user}` }
    const id = `unit-${String(state.units.size).padStart(6, '0')}`
    return [
      { ...take, result: { outcome: 'granted', id, ordinal: state.granted + 1 } },
      { ...take, result: { outcome: 'rejected', reason: 'NOT_FOUND' } },
      { ...take, result: { outcome: 'rejected', reason: 'EXHAUSTED' } },
    ]
  }
}
