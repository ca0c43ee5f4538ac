import {
  assertInterval,
  type GrantedTake,
  isGranted,
  type Take,
  type TakeRejectionReason,
  type Validate,
} from './operation.ts'

/** A history of takes, gone through once. What matters of many rejections for one reason is who returned first. */
export interface TakesByResult {
  readonly haveOrdinals: boolean
  /** By ordinal, if they have ordinals. */
  readonly grants: readonly GrantedTake[]
  readonly firstExhausted: CounterOperation | undefined
  readonly firstAllHeld: CounterOperation | undefined
  readonly firstNotFound: CounterOperation | undefined
  /** ALREADY_REDEEMED_BY_USER. */
  readonly userRejections: readonly CounterOperation[]
  /** Of those who were told that a unit is free, who asked last, in all and by user. */
  readonly lastUsable: Validate | undefined
  readonly lastUsableOfUser: ReadonlyMap<string, Validate>
  readonly unknown: CounterOperation | undefined
}

/** What a counter is asked that only ever goes up. */
export type CounterOperation = Take | Validate

/** @throws RangeError as `checkBoundedCounter` says */
export function sortOutTakes(history: readonly CounterOperation[]): TakesByResult {
  const grants: GrantedTake[] = []
  const userRejections: CounterOperation[] = []
  const first: Partial<Record<TakeRejectionReason, CounterOperation>> = {}
  const lastUsableOfUser = new Map<string, Validate>()
  let lastUsable: Validate | undefined
  let unknown: CounterOperation | undefined
  let endsAt = Number.NEGATIVE_INFINITY
  let firstExpiry = Number.POSITIVE_INFINITY
  for (const take of history) {
    assertInterval(take)
    endsAt = Math.max(endsAt, take.returnedAt)
    const { result } = take
    if (isGranted(take)) {
      grants.push(take)
      if (take.kind === 'reserve') firstExpiry = Math.min(firstExpiry, take.result.expiresAt)
    } else if (result.outcome === 'rejected') {
      if (result.reason === 'ALREADY_REDEEMED_BY_USER') userRejections.push(take)
      const earlier = first[result.reason]
      if (earlier === undefined || take.returnedAt < earlier.returnedAt) first[result.reason] = take
    } else if (take.kind === 'validate' && result.outcome === 'usable') {
      const { userId, calledAt } = take
      if (lastUsable === undefined || calledAt > lastUsable.calledAt) lastUsable = take
      const earlier = userId === null ? undefined : lastUsableOfUser.get(userId)
      if (userId !== null && (earlier === undefined || calledAt > earlier.calledAt)) {
        lastUsableOfUser.set(userId, take)
      }
    } else {
      unknown ??= take
    }
  }
  if (firstExpiry <= endsAt) {
    throw new RangeError(
      `no hold may end before the history does, but one may at ${firstExpiry}, before ${endsAt}`,
    )
  }
  const haveOrdinals = doGrantsHaveOrdinals(grants)
  if (lastUsable !== undefined && grants.length > 0 && !haveOrdinals) {
    throw new RangeError(
      'who is told that a unit is free is checked only where grants have ordinals',
    )
  }
  return {
    haveOrdinals,
    grants: haveOrdinals ? sortByOrdinal(grants) : grants,
    firstExhausted: first.EXHAUSTED,
    firstAllHeld: first.ALL_HELD,
    firstNotFound: first.NOT_FOUND,
    userRejections,
    lastUsable,
    lastUsableOfUser,
    unknown,
  }
}

/** The ordinal of a grant in a history that has them. */
export function ordinalOf({ result }: GrantedTake): number {
  return result.ordinal as number
}

function doGrantsHaveOrdinals(grants: readonly GrantedTake[]): boolean {
  const have = grants[0] !== undefined && grants[0].result.ordinal !== null
  const odd = grants.find(({ result }) => (result.ordinal !== null) !== have)
  if (odd !== undefined) {
    throw new RangeError(`all grants must have an ordinal or none, unlike ${JSON.stringify(odd)}`)
  }
  return have
}

/** In one go where the ordinals are 1, 2, 3 …, as they are in a right history, however long. */
function sortByOrdinal(grants: readonly GrantedTake[]): readonly GrantedTake[] {
  const places = new Array<GrantedTake | undefined>(grants.length).fill(undefined)
  for (const grant of grants) {
    const place = ordinalOf(grant) - 1
    if (!(place in places) || places[place] !== undefined) {
      return grants.toSorted((a, b) => ordinalOf(a) - ordinalOf(b))
    }
    places[place] = grant
  }
  return places as GrantedTake[]
}
