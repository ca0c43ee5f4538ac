import type { Operation } from './operation.ts'

/**
 * What one operation after the other may do and answer: the specification that a concurrent history is held
 * against. States are never changed, only followed by others.
 *
 * The search relies on three properties besides:
 * - the answer is part of the operation, so an operation leads from a state to one state or to none;
 * - an operation that leaves a state unchanged leaves every state that may follow unchanged, if it has a place there;
 * - two states that the same set of operations leads to are equal if their `keyOf` is.
 */
export interface SequentialModel<State, Rule extends string> {
  readonly initial: State
  place(state: State, operation: Operation): Placement<State, Rule>
  /** Holds that may end by themselves, and what follows from it. */
  expiries(state: State): readonly { readonly expiry: Expiry; readonly next: () => State }[]
  /** Tells apart states that the same set of operations leads to, in whatever order and with whatever expiries. */
  keyOf(state: State): string
  /**
   * Whether every other state that the same operations lead to, in whatever order, follows from this one by expiries.
   * False is always right, and only costs time.
   */
  isDetermined(state: State): boolean
}

/** What becomes of an operation in a state. */
export type Placement<State, Rule extends string> =
  /** Its answer is false there; the rule says why. */
  | { readonly kind: 'refused'; readonly rule: Rule }
  /** Its answer is true and nothing changes. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly next: () => State }

/** The end of a hold by itself, at a moment at or after `expiresAt` that nobody recorded, or never. */
export interface Expiry {
  readonly kind: 'expire'
  readonly id: string
  readonly expiresAt: number
}
