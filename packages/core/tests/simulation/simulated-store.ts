import { StatementError } from '@coupon-gateway/database'
import type { BatchVerdict } from '../../src/strategies/batched.ts'
import type { Take } from '../../src/take.ts'
import type { CouponModel, ModelUnit, SettleRequest, SettleVerdict } from './coupon-model.ts'
import type { History } from './history.ts'
import type { Network } from './network.ts'

/** The database: each call is one transaction that happens at one moment, wholly or not at all. */
export interface SimulatedStore {
  /**
   * As `take_units` does: decides in the order of arrival.
   * @throws Error nothing was done: an item is poison, or a constraint forbids it
   */
  decide(takes: readonly Take[]): readonly BatchVerdict[]
  settle(request: SettleRequest): SettleVerdict
  /** Every unit that was ever taken. */
  readonly units: readonly ModelUnit[]
}

/** What makes an item fail, and with it every batch that it is in. */
export const POISON_MEMO = 'poison'
export const POISON_MESSAGE = 'the store cannot take this'

export function createSimulatedStore(
  model: CouponModel,
  now: () => number,
  network: Network,
  { breaches, occurrences }: Pick<History, 'breaches' | 'occurrences'>,
): SimulatedStore {
  /** Ids of requests that have had their verdict. */
  const decided = new Set<string>()

  /** What the batcher promises to whoever decides. */
  function checkBatch(takes: readonly Take[]): void {
    const keys = takes.flatMap(({ key }) => key ?? [])
    if (new Set(keys).size < keys.length) breaches.push(`one batch has twice a key: ${keys}`)
    for (const { id } of takes) if (decided.has(id)) breaches.push(`${id} was flushed again`)
  }

  function decideOne(take: Take): BatchVerdict {
    const isLimited = model.coupons.some((it) => it.code === take.code && it.useLimit > 0)
    // Only where there is no counter to lock can somebody else have been faster.
    if (!isLimited && take.userId !== null && network.happens('user ordinal taken')) {
      return { outcome: 'again' }
    }
    decided.add(take.id)
    return model.take(take, now())
  }

  return {
    decide(takes) {
      if (takes.length > 1) occurrences.add('batch of several')
      checkBatch(takes)
      if (takes.some(({ memo }) => memo === POISON_MEMO)) {
        if (takes.length > 1) occurrences.add('batch of several failed')
        throw new StatementError(POISON_MESSAGE, 'XX000')
      }
      // As the primary key of the log says. A replay writes no row.
      const isLogged = ({ id, key }: Take) => key === null && model.units.some((it) => it.id === id)
      if (takes.some(isLogged)) throw new StatementError('this id is in the log already', '23505')
      return takes.map(decideOne)
    },
    settle: (request) => model.settle(request, now()),
    units: model.units,
  }
}
