import type { Expiry, Operation, SequentialModel } from '../src/index.ts'

/**
 * The definition of linearizability, word for word: tries every order of the operations, each with every choice
 * and place of the expiries. No cache, no shortcut; for histories of a handful of operations.
 */
export function isLinearizableInSomeOrder<State>(
  history: readonly Operation[],
  model: SequentialModel<State, string>,
): boolean {
  return hasOrder(model.initial, history)

  function hasOrder(state: State, remaining: readonly Operation[]): boolean {
    if (remaining.length === 0) return true
    return (
      remaining.some((operation) => {
        const others = remaining.filter((other) => other !== operation)
        if (others.some((other) => hasReturnedBefore(other, operation.calledAt))) return false
        const placement = model.place(state, operation)
        switch (placement.kind) {
          case 'refused':
            return false
          case 'unchanged':
            return hasOrder(state, others)
          case 'changed':
            return hasOrder(placement.next(), others)
          default:
            throw new TypeError(`no such placement: ${placement satisfies never}`)
        }
      }) ||
      model
        .expiries(state)
        .some(({ expiry, next }) => isPossible(expiry, remaining) && hasOrder(next(), remaining))
    )
  }
}

function isPossible({ expiresAt }: Expiry, remaining: readonly Operation[]): boolean {
  return !remaining.some((operation) => hasReturnedBefore(operation, expiresAt))
}

function hasReturnedBefore({ returnedAt }: Operation, moment: number): boolean {
  return returnedAt < moment
}
