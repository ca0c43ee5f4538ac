import {
  assertInterval,
  type GrantedTake,
  isGranted,
  type Take,
  type TakeRejectionReason,
} from './operation.ts'

/** A history of takes, gone through once. What matters of many rejections for one reason is who returned first. */
export interface TakesByResult {
  readonly haveOrdinals: boolean
  /** By ordinal, if they have ordinals. */
  readonly grants: readonly GrantedTake[]
  readonly firstExhausted: Take | undefined
  readonly firstAllHeld: Take | undefined
  /** ALREADY_REDEEMED_BY_USER. */
  readonly userRejections: readonly Take[]
  readonly unknown: Take | undefined
}

/** @throws RangeError as `checkBoundedCounter` says */
export function sortOutTakes(history: readonly Take[]): TakesByResult {
  const grants: GrantedTake[] = []
  const userRejections: Take[] = []
  const first: Partial<Record<TakeRejectionReason, Take>> = {}
  let unknown: Take | undefined
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
  return {
    haveOrdinals,
    grants: haveOrdinals ? sortByOrdinal(grants) : grants,
    firstExhausted: first.EXHAUSTED,
    firstAllHeld: first.ALL_HELD,
    userRejections,
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
