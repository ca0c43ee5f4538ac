import { assertInterval, isUnknown, type Operation } from './operation.ts'
import { PlacedOperations } from './placed-operations.ts'
import type { Expiry, SequentialModel } from './sequential-model.ts'

/** Only LINEARIZABLE is good. UNDECIDED is a failure: a checker that lets it pass lets pass what it exists for. */
export type LinearizabilityVerdict<Rule extends string> =
  /** `order` is one in which the operations can have taken effect. */
  | { readonly verdict: 'LINEARIZABLE'; readonly order: readonly (Operation | Expiry)[] }
  /** There is no order; `prefix` is the longest that could be found. */
  | ({ readonly verdict: 'ILLEGAL' } & DeadEnd<Rule>)
  /** The dead end is the furthest so far, if there was one. */
  | {
      readonly verdict: 'UNDECIDED'
      readonly reason: 'BUDGET_SPENT'
      readonly deadEnd: DeadEnd<Rule> | undefined
    }
  | {
      readonly verdict: 'UNDECIDED'
      readonly reason: 'UNKNOWN_RESULT'
      readonly operations: readonly Operation[]
    }

/** Where the search could not go on. */
export interface DeadEnd<Rule extends string> {
  /** What was placed, in order. */
  readonly prefix: readonly (Operation | Expiry)[]
  /** So many steps of the prefix came to their end before anything else was called, and stand in every order. */
  readonly settled: number
  /** The most urgent of those that might come next, none of which can. */
  readonly operation: Operation
  /** Why it cannot. */
  readonly rule: Rule
}

/**
 * Whether there is an order of the operations that the model allows and that real time allows: what had returned
 * before another was called comes before it. Exact, by search, so its time may grow exponentially with the
 * operations that are open at a time.
 *
 * The search places one operation after the other and steps back where none has a place (Wing & Gong, "Testing
 * and Verifying Concurrent Objects", 1993). It never enters twice what was placed before with the same outcome,
 * in whatever order (the cache of Lowe, "Testing for Linearizability", 2017, as in Porcupine, Athalye 2017). An
 * operation that has a place and changes nothing is placed at once, without a choice: it stands in nobody's way.
 * Holds end by themselves as further steps, from their `expiresAt` on.
 *
 * Past a moment at which no operation is open, nothing before it is tried anew if what was placed led to one state
 * only: a long history is checked piece by piece. Among operations that are interchangeable only the most urgent is
 * tried, if `narrow` knows of any.
 *
 * @param budget how many states may be entered
 * @param narrow of operations that may come next, those that suffice to be tried, the most promising first: if a
 * right order begins with one of the others, another right order must begin with one of these. Without it all are
 * tried, the most urgent first
 * @example
 * const result = checkLinearizable(history, createCouponModel({ useLimit: 3, userLimit: 1 }), 1_000_000)
 * if (result.verdict !== 'LINEARIZABLE') throw new Error(JSON.stringify(result))
 * @throws RangeError an interval that ends before it begins, or a budget that is no integer from 1
 */
export function checkLinearizable<State, Rule extends string>(
  history: readonly Operation[],
  model: SequentialModel<State, Rule>,
  budget: number,
  narrow: Narrow<State> = (_state, { possible }) => possible,
): LinearizabilityVerdict<Rule> {
  for (const operation of history) assertInterval(operation)
  if (!Number.isInteger(budget) || budget < 1) {
    throw new RangeError(`budget must be an integer from 1, got ${budget}`)
  }
  const unknown = history.filter(isUnknown)
  if (unknown.length > 0) {
    return { verdict: 'UNDECIDED', reason: 'UNKNOWN_RESULT', operations: unknown }
  }
  const placed = new PlacedOperations(history)
  if (placed.isComplete) return { verdict: 'LINEARIZABLE', order: [] }

  const entered = new Set<string>()
  const settled: (Operation | Expiry)[] = []
  const indexOf = new Map(placed.operations.map((operation, index) => [operation, index]))
  let path: Place<State>[] = [
    { arrival: undefined, state: model.initial, moves: findMoves(model.initial), tried: 0 },
  ]
  let spent = 0
  let furthest = -1
  let deadEnd: DeadEnd<Rule> | undefined

  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const move = here.moves[here.tried]
    here.tried += 1
    if (move === undefined) {
      if (placed.count > furthest) {
        furthest = placed.count
        deadEnd = describeDeadEnd(here.state)
      }
      path.pop()
      undo(here.arrival)
      continue
    }
    for (const index of move.indices) placed.place(index)
    const state = move.next()
    const key = `${placed.key};${model.keyOf(state)}`
    if (entered.has(key)) {
      undo(move)
      continue
    }
    if (spent === budget) return { verdict: 'UNDECIDED', reason: 'BUDGET_SPENT', deadEnd }
    spent += 1
    entered.add(key)
    if (placed.isComplete) {
      return { verdict: 'LINEARIZABLE', order: [...settled, ...stepsOf(path), ...move.steps] }
    }
    const place = { arrival: move, state, moves: findMoves(state), tried: 0 }
    path.push(place)
    if (placed.isAtCut && model.isDetermined(state)) {
      for (const step of stepsOf(path)) settled.push(step)
      path = [{ ...place, arrival: undefined }]
      entered.clear()
    }
  }
  return { verdict: 'ILLEGAL', ...(deadEnd as DeadEnd<Rule>) }

  function findMoves(state: State): readonly Move<State>[] {
    const { indices, deadline } = placed.findNext()
    const reads: number[] = []
    const refused: Operation[] = []
    const nexts = new Map<Operation, () => State>()
    for (const index of indices) {
      const operation = placed.operations[index] as Operation
      const placement = model.place(state, operation)
      if (placement.kind === 'unchanged') reads.push(index)
      if (placement.kind === 'changed') nexts.set(operation, placement.next)
      if (placement.kind === 'refused') refused.push(operation)
    }
    // More may be placed after them than may be now, so they come first and alone.
    if (reads.length > 0) {
      const steps = reads.map((index) => placed.operations[index] as Operation)
      return [{ steps, indices: reads, next: () => state }]
    }
    const moves = narrow(state, { possible: [...nexts.keys()], refused }).map((operation) => ({
      steps: [operation],
      indices: [indexOf.get(operation) as number],
      next: nexts.get(operation) as () => State,
    }))
    const expiries = model
      .expiries(state)
      .filter(({ expiry }) => expiry.expiresAt <= deadline)
      .map(({ expiry, next }) => ({ steps: [expiry], indices: [], next }))
    return [...moves, ...expiries]
  }

  function undo(move: Move<State> | undefined): void {
    for (const index of move?.indices ?? []) placed.remove(index)
  }

  function describeDeadEnd(state: State): DeadEnd<Rule> {
    const [mostUrgent] = placed.findNext().indices
    const operation = placed.operations[mostUrgent as number] as Operation
    const placement = model.place(state, operation)
    if (placement.kind !== 'refused') throw new Error('the longest prefix could be longer')
    return {
      prefix: [...settled, ...stepsOf(path)],
      settled: settled.length,
      operation,
      rule: placement.rule,
    }
  }
}

export type Narrow<State> = (state: State, next: NextOperations) => readonly Operation[]

/** Operations that real time lets come next, in the order of their urgency. */
export interface NextOperations {
  /** Those that have a place in the state, and change it. */
  readonly possible: readonly Operation[]
  /** Those that have none. */
  readonly refused: readonly Operation[]
}

interface Move<State> {
  /** One that changes the state, or any number of operations that do not. */
  readonly steps: readonly (Operation | Expiry)[]
  /** Of the operations among them. */
  readonly indices: readonly number[]
  readonly next: () => State
}

/** Where the search has been: how it came, and what it has not tried yet. */
interface Place<State> {
  readonly arrival: Move<State> | undefined
  readonly state: State
  readonly moves: readonly Move<State>[]
  tried: number
}

function stepsOf(path: readonly Place<unknown>[]): (Operation | Expiry)[] {
  return path.flatMap(({ arrival }) => arrival?.steps ?? [])
}
