/**
 * From the call to the answer of one operation, as its caller saw it; both ends belong to it. All operations of
 * a history are timed by one monotonic clock, in any unit. An operation took its effect at one moment inside its
 * interval (Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990).
 */
export interface Interval {
  readonly calledAt: number
  readonly returnedAt: number
}

/**
 * One operation on one coupon, with its answer.
 *
 * Requests that repeat an idempotency key are one operation: it was called when the first of them was called, and
 * returned when the first known answer came, since the key has its effect at most once, in between. So a request
 * without an answer becomes checkable when it is repeated with its key until the answer is known. One whose
 * result stays `unknown` makes the verdict a failure: it is never taken for whatever would fit.
 */
export type Operation = UnitOperation | Validate | Management

/** What is done about units of a coupon. */
export type UnitOperation = Take | Confirm | Release | Rollback

/** What is done about the coupon itself. */
export type Management = Create | Delete | ChangeLimit

/** Takes one unit, for good or for a while. */
export type Take = Redeem | Reserve

export interface Redeem extends Interval {
  readonly kind: 'redeem'
  /** Null: nobody in particular, who has no limit of his own. */
  readonly userId: string | null
  readonly result: GrantedUnit | RejectedTake | UnknownResult
}

export interface Reserve extends Interval {
  readonly kind: 'reserve'
  readonly userId: string | null
  readonly result: GrantedHold | RejectedTake | UnknownResult
}

/** Makes a hold a redemption. */
export interface Confirm extends Interval {
  readonly kind: 'confirm'
  readonly id: string
  readonly result: SettleResult | UnknownResult
}

/** Gives up a hold. */
export interface Release extends Interval {
  readonly kind: 'release'
  readonly id: string
  readonly result: SettleResult | UnknownResult
}

/** Takes a redemption back. */
export interface Rollback extends Interval {
  readonly kind: 'rollback'
  readonly id: string
  readonly result: RollbackResult | UnknownResult
}

/** Asks whether a unit could be taken, and takes none. */
export interface Validate extends Interval {
  readonly kind: 'validate'
  /** Null: for nobody in particular. */
  readonly userId: string | null
  readonly result: { readonly outcome: 'usable' } | RejectedTake | UnknownResult
}

/** Creates the coupon under a code that is free: it starts from zero, whatever the one before it was. */
export interface Create extends Interval {
  readonly kind: 'create'
  readonly useLimit: number
  readonly result: { readonly outcome: 'done' | 'code-taken' } | UnknownResult
}

/** Deletes the coupon for good. What was taken of it stays taken, and may still be confirmed or given back. */
export interface Delete extends Interval {
  readonly kind: 'delete'
  readonly result: { readonly outcome: 'done' | 'not-found' } | UnknownResult
}

/** Changes the limit, which only a coupon allows of which no unit was ever taken. */
export interface ChangeLimit extends Interval {
  readonly kind: 'change-limit'
  readonly useLimit: number
  readonly result: { readonly outcome: 'done' | 'not-found' | 'locked' } | UnknownResult
}

export interface GrantedUnit {
  readonly outcome: 'granted'
  /** Identity of the unit taken, which confirm, release and rollback name. */
  readonly id: string
  /**
   * The how-manieth unit ever granted, redeemed or reserved alike, from 1. A unit that came back gets a new one.
   * Null where the system counts otherwise or not at all; ordinals make the check stricter and faster.
   */
  readonly ordinal: number | null
}

export interface GrantedHold extends GrantedUnit {
  /**
   * The hold may end by itself at any moment from here on; `Infinity` if it never does. By the history's clock:
   * when it is converted from another clock, subtract the error, so that no true expiry comes too early.
   */
  readonly expiresAt: number
}

export interface RejectedTake {
  readonly outcome: 'rejected'
  readonly reason: TakeRejectionReason
}

export type TakeRejectionReason =
  /** Every unit is redeemed. */
  | 'EXHAUSTED'
  /** No unit is free, but some are only held. */
  | 'ALL_HELD'
  /** The user has all of his units, redeemed or held. */
  | 'ALREADY_REDEEMED_BY_USER'
  /** There is no such coupon: not yet, or not any more. */
  | 'NOT_FOUND'

export interface SettleResult {
  readonly outcome:
    | RollbackResult['outcome']
    /** The hold had ended by itself. */
    | 'expired'
}

export interface RollbackResult {
  readonly outcome: /**
   * It is as asked, by this operation. A confirm or a release may also say so when it was before, as an
   * idempotent system does; a rollback may not, since callers pay back once for each.
   */
    | 'done'
    /** It was as asked before: confirmed, released, rolled back. Nothing changed. */
    | 'already'
    /** Nothing has this id, or what has it is in a state from which this step does not lead. */
    | 'not-found'
}

export interface UnknownResult {
  readonly outcome: 'unknown'
}

export type GrantedTake =
  | (Redeem & { readonly result: GrantedUnit })
  | (Reserve & { readonly result: GrantedHold })

export function isGranted(operation: Operation): operation is GrantedTake {
  return operation.result.outcome === 'granted'
}

export function isTake(operation: Operation): operation is Take {
  return operation.kind === 'redeem' || operation.kind === 'reserve'
}

export function isManagement(operation: Operation): operation is Management {
  return ['create', 'delete', 'change-limit'].includes(operation.kind)
}

/** The unit that an operation takes or is about, or undefined. */
export function unitIdOf(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'redeem':
    case 'reserve':
      return isGranted(operation) ? operation.result.id : undefined
    case 'confirm':
    case 'release':
    case 'rollback':
      return operation.id
    default:
      return undefined
  }
}

export function isUnknown(operation: Operation): boolean {
  return operation.result.outcome === 'unknown'
}

/** @throws RangeError the interval ends before it begins, or an end is no finite number */
export function assertInterval(operation: Operation): void {
  const { calledAt, returnedAt } = operation
  if (!(Number.isFinite(calledAt) && Number.isFinite(returnedAt) && calledAt <= returnedAt)) {
    throw new RangeError(
      `an operation must return at or after its call, both finite: ${JSON.stringify(operation)}`,
    )
  }
}
