import type { BatchedOptions } from '../../src/strategies/batched.ts'
import type { CouponTerms } from './coupon-model.ts'
import type { Random } from './random.ts'

/** What is going to be tried in a run, and how much goes wrong. */
export interface Plan {
  readonly coupons: readonly CouponTerms[]
  readonly clients: readonly ClientPlan[]
  readonly processes: number
  /** When a process is killed, whatever it is doing. */
  readonly killsAtMs: readonly number[]
  readonly batching: Required<BatchedOptions>
  /** How likely each fault is wherever it can occur. */
  readonly faults: Readonly<Record<Fault, number>>
  /** From here on nothing goes wrong any more, so that every client comes to its end. */
  readonly healMs: number
}

/** A client takes a unit, and then does one more thing with it. */
export interface ClientPlan {
  readonly startMs: number
  readonly code: string
  readonly userId: string | null
  /** A client without a key never repeats what may have had its effect. */
  readonly key: string | null
  /** Null redeems; otherwise reserves, in simulated runs for a fraction of a second. */
  readonly ttlSeconds: number | null
  /** A request that the store cannot take, alone or in company. */
  readonly isPoison: boolean
  /** How long it waits for an answer while there are faults. */
  readonly timeoutMs: number
  /** How often it comes back when it is told to. */
  readonly patience: number
  readonly thinkMs: number
  readonly next: 'nothing' | 'repeat' | 'confirm' | 'release' | 'rollback'
}

export const FAULTS = [
  // Between clients and processes.
  'request lost',
  'request duplicated',
  'answer lost',
  'slow',
  // Between processes and the store.
  'connection lost before the statement arrives',
  'connection lost after commit',
  'connection lost while the statement runs on',
  'crash before commit',
  'crash after commit',
  // Without effect, and known to be.
  'store busy',
  'user ordinal taken',
] as const

export type Fault = (typeof FAULTS)[number]

export const ACCOUNT_ID = 1

/**
 * Draws a plan. Each has its own character: the faults of a run are some of all, some likely and some rare, for what
 * one fault hides another run shows.
 */
export function drawPlan(random: Random): Plan {
  const mayGiveBack = random.chance(0.5)
  const coupons = Array.from({ length: random.integer(1, 2) }, (_, index) => ({
    accountId: ACCOUNT_ID,
    code: `COUPON0${index + 1}`,
    useLimit: random.pick([0, 1, 1, 2, 3, 5]),
    userLimit: random.pick([1, 1, 2]),
  }))
  const clientCount = random.integer(2, 16)
  const userCount = random.integer(1, clientCount)
  const clients = Array.from({ length: clientCount }, (_, index): ClientPlan => {
    const { code, useLimit } = random.pick(coupons)
    const isReservation = mayGiveBack && random.chance(0.4)
    return {
      startMs: random.chance(0.5) ? random.integer(0, 5) : random.integer(0, 80),
      code,
      userId: useLimit >= 2 || random.chance(0.5) ? `user-${random.integer(1, userCount)}` : null,
      // Now and then one key for two requests.
      key: random.chance(0.25)
        ? null
        : `key-${random.chance(0.1) ? random.integer(0, clientCount) : index}`,
      ttlSeconds: isReservation ? random.integer(5, 60) / 1000 : null,
      isPoison: random.chance(0.06),
      timeoutMs: random.integer(20, 80),
      patience: random.integer(0, 4),
      thinkMs: random.integer(0, 80),
      next: isReservation
        ? random.pick(['nothing', 'confirm', 'confirm', 'release', 'repeat'])
        : random.pick(mayGiveBack ? ['nothing', 'repeat', 'rollback'] : ['nothing', 'repeat']),
    }
  })
  return {
    coupons,
    clients,
    processes: random.integer(1, 2),
    killsAtMs: Array.from({ length: random.integer(0, 2) }, () => random.integer(1, 120)),
    batching: {
      lanes: random.integer(1, 3),
      maxBatch: random.integer(1, 8),
      maxQueued: random.integer(1, 12),
      deadlineMs: random.integer(5, 60),
    },
    faults: Object.fromEntries(
      FAULTS.map((fault) => [fault, random.chance(0.4) ? random.integer(1, 25) / 100 : 0]),
    ) as Plan['faults'],
    healMs: random.integer(50, 300),
  }
}
