import type { Narrow } from './check-linearizable.ts'
import type { CouponState } from './coupon-state.ts'
import {
  type GrantedTake,
  isGranted,
  isManagement,
  isTake,
  type Operation,
  type Take,
  unitIdOf,
} from './operation.ts'

/**
 * Of the operations on a coupon that may come next, those that suffice to be tried. It turns the exponential search
 * into one that grows with a small power of what is open at a time, and loses no right order:
 *
 * 1. **A grant that may come next comes at once**, where grants have ordinals: no other grant can come before it, so
 *    until then units are only given back, and nobody is rejected for want of one while its own was free. So in any
 *    right order it can be moved to the front. Not so where a hold may have ended by itself (a late confirmation takes
 *    a unit too), and not while somebody may be told that the coupon is usable, or the coupon itself is changed.
 * 2. **Of releases the most urgent comes first**, and likewise of rollbacks and of confirmations: where a right order
 *    has another one first, the two can change places, since counts are all that others see of them. Not so of units
 *    that anything else is done about, but for one rollback after the confirmation, and only among users who ask for
 *    nothing else meanwhile, or of the same user.
 *
 * 3. **Of grants with one ordinal, of deletions, and of creations with one limit the most urgent comes first**: who and
 *    which unit it was is asked by nobody else, so where a right order has another one first, the two can change places.
 *
 * Where a coupon comes and goes, it is open whether the next grant or the end of the coupon comes first. There the order
 * in which units were probably granted says what is tried first; nothing of it is believed.
 *
 * `tests/cross-check.test.ts` compares it with the search without it, and with the trial of every order.
 *
 * @param history all of it, with known results
 * @param likelyOrder ids of units, as `JudgeOptions` has them
 */
export function narrowInterchangeable(
  history: readonly Operation[],
  likelyOrder: readonly string[] = [],
): Narrow<CouponState> {
  const classes = classify(history)
  const alike = classifyAlike(history)
  const promising = history.some(isManagement) ? grantOrEnd(history, likelyOrder) : undefined
  const isAtOnce = findGrantsAtOnce(history)
  const userOf = new Map(history.filter(isGranted).map((take) => [take.result.id, take.userId]))

  return (state, { possible, refused }) => {
    const mostUrgent = mostUrgentOf(possible, alike)
    const unlike = promising?.(state, mostUrgent) ?? mostUrgent
    if (state.mayExpire.size > 0 || state.expired.size > 0 || state.generation > 0) return unlike
    const grant = possible.find((operation) => isAtOnce.has(operation))
    if (grant !== undefined) return [grant]
    const all = mostUrgentOf(unlike, classes)
    // Whose next unit waits for another of his own to come back.
    const waiting = refused.find(
      (it): it is GrantedTake => isGranted(it) && it.result.ordinal === state.granted + 1,
    )
    const user = waiting?.userId ?? undefined
    const rank = (operation: Operation) => {
      if (operation.kind === 'confirm') return 1
      return user !== undefined && userOf.get(unitIdOf(operation) ?? '') === user ? 0 : 2
    }
    return all.sort((a, b) => rank(a) - rank(b))
  }
}

/** Grants before all else or after it, by whether the one that is probably next has the ordinal that is next. */
function grantOrEnd(history: readonly Operation[], likelyOrder: readonly string[]) {
  const ranks = new Map(likelyOrder.map((id, rank) => [id, rank]))
  const rankOf = ({ result }: GrantedTake) => ranks.get(result.id) ?? Infinity
  const ordinals = history
    .filter(isGranted)
    .sort((a, b) => {
      const [first, second] = [rankOf(a), rankOf(b)]
      if (first !== second) return first - second
      return a.result.id < b.result.id ? -1 : 1
    })
    .map(({ result }) => result.ordinal)
  return ({ units, granted }: CouponState, operations: readonly Operation[]) => {
    const isGrantNext = ordinals[units.size] === granted + 1
    const rank = (operation: Operation) => Number(isGranted(operation) !== isGrantNext)
    return operations.toSorted((a, b) => rank(a) - rank(b))
  }
}

/** Of each class one, and all that are in none, in their order. */
function mostUrgentOf(
  operations: readonly Operation[],
  classes: ReadonlyMap<Operation, Class>,
): Operation[] {
  const first = new Map<string, Operation>()
  for (const operation of operations) {
    const its = classes.get(operation)
    if (its === undefined) continue
    const other = first.get(its.name)
    if (other === undefined || isMoreUrgent(its, classes.get(other) as Class)) {
      first.set(its.name, operation)
    }
  }
  return operations.filter((operation) => {
    const its = classes.get(operation)
    return its === undefined || first.get(its.name) === operation
  })
}

interface Class {
  readonly name: string
  /** Compared from left to right: its own return, then call and return of the rollback that follows. */
  readonly urgency: readonly [number, number, number]
}

function isMoreUrgent({ urgency: a }: Class, { urgency: b }: Class): boolean {
  const index = a.findIndex((value, at) => value !== b[at])
  return index !== -1 && (a[index] as number) < (b[index] as number)
}

/** Those that are alike only in what they do to the counts. */
function classify(history: readonly Operation[]): ReadonlyMap<Operation, Class> {
  const ofUnit = Map.groupBy(
    history.filter((operation) => unitIdOf(operation) !== undefined),
    (operation) => unitIdOf(operation) as string,
  )
  const isAskingElse = findWhoAsksElse(history)
  const classes = new Map<Operation, Class>()
  for (const operations of ofUnit.values()) {
    const takes = operations.filter(isTake)
    const [take] = takes
    const [first, second, ...others] = operations
      .filter((operation) => !isTake(operation))
      .sort((a, b) => a.calledAt - b.calledAt)
    if (takes.length !== 1 || take === undefined || first === undefined || others.length > 0) {
      continue
    }
    if (first.result.outcome !== 'done') continue
    const followsOnlyRollback =
      second === undefined ||
      (first.kind === 'confirm' &&
        second.kind === 'rollback' &&
        second.result.outcome === 'done' &&
        second.calledAt >= first.returnedAt)
    if (!followsOnlyRollback) continue
    // A confirmation changes nothing for the user.
    const givesBack = first.kind === 'confirm' ? second : first
    const isOwn = givesBack !== undefined && isAskingElse(take, givesBack)
    const whose = isOwn ? ` ${JSON.stringify(take.userId)}` : ''
    classes.set(first, {
      name: first.kind + whose,
      urgency: [first.returnedAt, second?.calledAt ?? Infinity, second?.returnedAt ?? Infinity],
    })
    if (second !== undefined) {
      classes.set(second, {
        name: second.kind + whose,
        urgency: [second.returnedAt, Infinity, Infinity],
      })
    }
  }
  return classes
}

/** Those that are alike in all that anybody else is told of: rule 3. */
function classifyAlike(history: readonly Operation[]): ReadonlyMap<Operation, Class> {
  const asked = countBy(history, unitIdOf)
  const ofUser = countBy(history, userWhoseUnitsMatter)
  const classes = new Map<Operation, Class>()
  for (const operation of history) {
    const name = nameOfAlike(operation)
    if (name === undefined) continue
    if (isGranted(operation)) {
      const { userId, result } = operation
      const isOnlyOne = userId === null || ofUser.get(userId) === 1
      if (asked.get(result.id) !== 1 || !isOnlyOne) continue
    }
    classes.set(operation, { name, urgency: [operation.returnedAt, Infinity, Infinity] })
  }
  return classes
}

function nameOfAlike(operation: Operation): string | undefined {
  const { kind, result } = operation
  if (isGranted(operation)) {
    if (operation.kind === 'reserve' && operation.result.expiresAt !== Infinity) return undefined
    return `${kind} #${operation.result.ordinal}`
  }
  if (result.outcome !== 'done') return undefined
  return kind === 'create' ? `create ${operation.useLimit}` : kind === 'delete' ? kind : undefined
}

/** Who is told something that depends on how many units he has. */
function userWhoseUnitsMatter(operation: Operation): string | undefined {
  if (!('userId' in operation) || operation.userId === null) return undefined
  const { result } = operation
  const isOfCoupon = result.outcome === 'rejected' && result.reason !== 'ALREADY_REDEEMED_BY_USER'
  return isOfCoupon ? undefined : operation.userId
}

function countBy(
  history: readonly Operation[],
  keyOf: (operation: Operation) => string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const operation of history) {
    const key = keyOf(operation)
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Past so many questions of one user it is not worth looking. */
const MOST_OF_A_USER = 64

/** Whether the user of a unit asks for something else while the unit is given back. */
function findWhoAsksElse(history: readonly Operation[]) {
  const ofUsers = new Map<string, Operation[]>()
  for (const operation of history) {
    if (!('userId' in operation) || operation.userId === null) continue
    const others = ofUsers.get(operation.userId)
    if (others === undefined) ofUsers.set(operation.userId, [operation])
    else others.push(operation)
  }
  return (take: Take, { calledAt, returnedAt }: Operation): boolean => {
    const asked = take.userId === null ? [] : (ofUsers.get(take.userId) ?? [])
    return (
      asked.length > MOST_OF_A_USER ||
      asked.some((it) => it !== take && it.calledAt <= returnedAt && it.returnedAt >= calledAt)
    )
  }
}

function findGrantsAtOnce(history: readonly Operation[]): ReadonlySet<Operation> {
  const grants = history.filter(isGranted)
  if (grants.some(({ result }) => result.ordinal === null)) return new Set()
  // Who says that something was not found may say so of a unit before it was granted.
  const notFound = new Set(
    history.filter(({ result }) => result.outcome === 'not-found').map(unitIdOf),
  )
  const obstacles = history
    .filter((operation) => isManagement(operation) || operation.result.outcome === 'usable')
    .sort((a, b) => a.calledAt - b.calledAt)
  const latestReturns: number[] = []
  for (const { returnedAt } of obstacles) {
    latestReturns.push(Math.max(latestReturns.at(-1) ?? -Infinity, returnedAt))
  }
  const isInTheWayOf = ({ calledAt, returnedAt }: Operation) => {
    let [from, to] = [0, obstacles.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((obstacles[middle] as Operation).calledAt <= returnedAt) from = middle + 1
      else to = middle
    }
    return from > 0 && (latestReturns[from - 1] as number) >= calledAt
  }
  return new Set(grants.filter((grant) => !notFound.has(grant.result.id) && !isInTheWayOf(grant)))
}
