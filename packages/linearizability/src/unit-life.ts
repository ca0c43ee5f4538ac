import {
  type Confirm,
  type GrantedTake,
  isGranted,
  type Operation,
  type Release,
  type Rollback,
} from './operation.ts'
import type { Stretch } from './step-function.ts'

/** What the history says of one unit: when it can have been taken, and when it must have been. */
export interface UnitLife {
  readonly id: string
  readonly userId: string | null
  readonly grant: GrantedTake
  readonly settlements: readonly Settlement[]
  /** It can have been used or held at any of these moments and at no other; with its ends. */
  readonly possible: Stretch
  /** It was used or held at all of these moments, whatever the order; without its ends. */
  readonly certain: Stretch
  /** The same of being held; undefined of what was redeemed at once. */
  readonly possiblyHeld: Stretch | undefined
  readonly certainlyHeld: Stretch | undefined
}

export type Settlement = Confirm | Release | Rollback

/** One for each unit that is granted in the history. An id that was granted twice has the first. */
export function readUnitLives(history: readonly Operation[]): readonly UnitLife[] {
  const grants = new Map<string, GrantedTake>()
  const settlements = new Map<string, Settlement[]>()
  for (const operation of history) {
    if (isGranted(operation)) {
      const { id } = operation.result
      if (!grants.has(id)) grants.set(id, operation)
    } else if (
      operation.kind === 'confirm' ||
      operation.kind === 'release' ||
      operation.kind === 'rollback'
    ) {
      const others = settlements.get(operation.id)
      if (others === undefined) settlements.set(operation.id, [operation])
      else others.push(operation)
    }
  }
  return [...grants].map(([id, grant]) => readUnitLife(id, grant, settlements.get(id) ?? []))
}

function readUnitLife(
  id: string,
  grant: GrantedTake,
  settlements: readonly Settlement[],
): UnitLife {
  const expiresAt = grant.kind === 'reserve' ? grant.result.expiresAt : NEVER
  let [endsNotBefore, endsNotAfter] = [NEVER, NEVER]
  let [heldNotAfter, heldForSureTo] = [NEVER, NEVER]
  for (const { kind, result, calledAt, returnedAt } of settlements) {
    if (result.outcome !== 'done') continue
    heldForSureTo = Math.min(heldForSureTo, calledAt)
    heldNotAfter = Math.min(heldNotAfter, returnedAt)
    if (kind === 'confirm') continue
    endsNotBefore = Math.min(endsNotBefore, calledAt)
    endsNotAfter = Math.min(endsNotAfter, returnedAt)
  }
  // A hold may have ended by itself, and have been taken anew by a late confirmation.
  const from = grant.calledAt
  const isHold = grant.kind === 'reserve'
  const heldFrom = grant.returnedAt
  return {
    id,
    userId: grant.userId,
    grant,
    settlements,
    possible: { from, to: Math.max(from, endsNotAfter) },
    certain: stretch(grant.returnedAt, Math.min(endsNotBefore, expiresAt)),
    possiblyHeld: isHold ? { from, to: Math.max(from, heldNotAfter) } : undefined,
    certainlyHeld: isHold ? stretch(heldFrom, Math.min(heldForSureTo, expiresAt)) : undefined,
  }
}

const NEVER = Number.POSITIVE_INFINITY

function stretch(from: number, to: number): Stretch {
  return { from, to: Math.max(from, to) }
}
