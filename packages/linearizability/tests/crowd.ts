import {
  type CouponModelOptions,
  createCouponModel,
  type Operation,
  type Take,
} from '../src/index.ts'

export interface CrowdOptions extends CouponModelOptions {
  readonly seed: number
  readonly clients: number
  readonly operations: number
  /** How many users there are; each client is another one at each step. */
  readonly users: number
  /** Some steps are about a unit of somebody else, who may be doing the same or the contrary. */
  readonly hasRivals?: boolean
}

/** A whole-number generator with a seed (mulberry32). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/**
 * A right history of many clients at once, each of whom makes one call after the other: takes units, confirms, gives
 * back. Each call has its effect at some moment before its answer, in whole milliseconds as k6 sees them.
 */
export function simulateCrowd(options: CrowdOptions): Operation[] {
  const random = seededRandom(options.seed)
  const model = createCouponModel(options)
  const history: Operation[] = []
  let state = model.initial
  let next = 0
  const clients = Array.from({ length: options.clients }, () => ({
    at: random(20),
    unit: undefined as { id: string; kind: Take['kind'] } | undefined,
    call: undefined as
      | { kind: Operation['kind']; calledAt: number; returnedAt: number }
      | undefined,
  }))

  while (history.length < options.operations) {
    // Whoever comes next in time: calls, or has his effect.
    const client = clients.reduce((a, b) => (b.at < a.at ? b : a))
    if (client.call === undefined) {
      const kind = chooseKind(client.unit?.kind, random)
      const calledAt = client.at
      const takesEffectAt = calledAt + random(8)
      client.call = { kind, calledAt, returnedAt: takesEffectAt + random(8) }
      client.at = takesEffectAt
      continue
    }
    const { kind, ...interval } = client.call
    const isRival = options.hasRivals === true && next > 0 && random(4) === 0
    const ofOther = isRival ? `unit-${random(next)}` : undefined
    const operation = answer(kind, interval, ofOther ?? client.unit?.id)
    history.push(operation)
    const placement = model.place(state, operation)
    if (placement.kind === 'refused') throw new Error(`it cannot be: ${JSON.stringify(operation)}`)
    if (placement.kind === 'changed') state = placement.next()
    if (ofOther !== undefined && 'id' in operation) {
      client.call = undefined
      client.at = interval.returnedAt + random(3)
      continue
    }
    if (operation.result.outcome === 'granted') {
      client.unit = { id: operation.result.id, kind: operation.kind as Take['kind'] }
    } else if (kind === 'confirm' && client.unit !== undefined) {
      client.unit = { ...client.unit, kind: 'redeem' }
    } else {
      client.unit = undefined
    }
    client.call = undefined
    client.at = interval.returnedAt + random(3)
  }
  return history

  function answer(
    kind: Operation['kind'],
    interval: { calledAt: number; returnedAt: number },
    id = '',
  ): Operation {
    if (kind === 'redeem' || kind === 'reserve') {
      const userId = `user-${random(options.users)}`
      const ordinal = options.useLimit === 0 ? null : state.granted + 1
      const unit = { outcome: 'granted' as const, id: `unit-${next}`, ordinal }
      const granted: Operation =
        kind === 'redeem'
          ? { kind, ...interval, userId, result: unit }
          : { kind, ...interval, userId, result: { ...unit, expiresAt: Infinity } }
      if (model.place(state, granted).kind === 'changed') {
        next += 1
        return granted
      }
      const reason = (['ALREADY_REDEEMED_BY_USER', 'ALL_HELD', 'EXHAUSTED'] as const)
        .map((it): Operation => {
          return { kind, ...interval, userId, result: { outcome: 'rejected', reason: it } }
        })
        .find((rejected) => model.place(state, rejected).kind === 'unchanged')
      if (reason === undefined) throw new Error('no answer is true')
      return reason
    }
    const outcome = (['done', 'already', 'not-found'] as const).find(
      (it) => model.place(state, settlement(kind, interval, id, it)).kind !== 'refused',
    )
    return settlement(kind, interval, id, outcome ?? 'done')
  }
}

function settlement(
  kind: Operation['kind'],
  interval: { calledAt: number; returnedAt: number },
  id: string,
  outcome: 'done' | 'already' | 'not-found',
): Operation {
  return { kind, ...interval, id, result: { outcome } } as Operation
}

function chooseKind(
  unit: Take['kind'] | undefined,
  random: (below: number) => number,
): Operation['kind'] {
  if (unit === undefined) return random(3) === 0 ? 'redeem' : 'reserve'
  if (unit === 'redeem') return random(50) === 0 ? 'redeem' : 'rollback'
  return random(3) === 0 ? 'release' : 'confirm'
}
