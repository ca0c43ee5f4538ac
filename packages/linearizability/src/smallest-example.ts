import type { CouponViolation } from './certain-violations.ts'
import { checkLinearizable, type DeadEnd } from './check-linearizable.ts'
import { type CouponModelOptions, createCouponModel } from './coupon-model.ts'
import type { CouponRule } from './coupon-rule.ts'
import type { CouponState } from './coupon-state.ts'
import { narrowInterchangeable } from './interchangeable.ts'
import { isGranted, type Operation, unitIdOf } from './operation.ts'
import type { Expiry } from './sequential-model.ts'
import { readUnitLives } from './unit-life.ts'

/** States of one check: where it does not suffice, what was tried to be left out stays. */
const BUDGET = 20_000
/** Checks in all: an example that could be smaller does, but one that nobody waits for does not. */
const MOST_CHECKS = 400

/**
 * Few operations of a history that has no right order, which have none by themselves. Nothing is left out that could
 * have made the rest right:
 * - what came to its end before anything of the rest was called, and can only have led to one state;
 * - answers that changed nothing;
 * - ordinals, which only forbid;
 * - all that is told of one unit, if it was not taken while anybody was rejected: it only takes room from the others.
 */
export function findSmallestExample(
  history: readonly Operation[],
  options: CouponModelOptions,
  deadEnd: DeadEnd<CouponRule>,
): CouponViolation {
  const initial = replay(deadEnd.prefix.slice(0, deadEnd.settled), options)
  const settled = new Set<unknown>(deadEnd.prefix.slice(0, deadEnd.settled))
  let checks = 0
  const findDeadEnd = (operations: readonly Operation[]): DeadEnd<CouponRule> | undefined => {
    if (checks === MOST_CHECKS) return undefined
    checks += 1
    const model = { ...createCouponModel(options), initial }
    const result = checkLinearizable(operations, model, BUDGET, narrowInterchangeable(operations))
    return result.verdict === 'ILLEGAL' ? result : undefined
  }

  let example = history.filter((operation) => !settled.has(operation))
  let found = deadEnd
  const keepIfWrong = (operations: readonly Operation[]): boolean => {
    const its = findDeadEnd(operations)
    if (its === undefined) return false
    example = [...operations]
    found = its
    return true
  }
  keepIfWrong(untilNextCut(example, deadEnd.operation))
  dropParts(example.filter(isAnswerOnly), (parts) => {
    const dropped = new Set(parts)
    return keepIfWrong(example.filter((operation) => !dropped.has(operation)))
  })
  const withOrdinals = new Map<Operation, Operation>()
  const without = example.map((operation) => {
    const plain = withoutOrdinal(operation)
    withOrdinals.set(plain, operation)
    return plain
  })
  if (keepIfWrong(without)) {
    dropParts(removableUnits(example), (units) => {
      const dropped = new Set(units)
      return keepIfWrong(example.filter((operation) => !dropped.has(unitIdOf(operation) ?? '')))
    })
  }
  const original = (operation: Operation) => withOrdinals.get(operation) ?? operation
  const others = example.filter((operation) => operation !== found.operation)
  return {
    rule: found.rule,
    // What has no place first: it is what the example is about.
    operations: [found.operation, ...others].map(original),
    takenBesides: initial.used + initial.held,
  }
}

/** The state after these steps, each of which has its place. */
function replay(steps: readonly (Operation | Expiry)[], options: CouponModelOptions): CouponState {
  const model = createCouponModel(options)
  let state = model.initial
  for (const step of steps) {
    if (step.kind === 'expire') {
      state =
        model
          .expiries(state)
          .find(({ expiry }) => expiry.id === step.id)
          ?.next() ?? state
      continue
    }
    const placement = model.place(state, step)
    if (placement.kind === 'changed') state = placement.next()
  }
  return state
}

/** What was called before a moment after the operation at which nothing is open. */
function untilNextCut(history: readonly Operation[], stuck: Operation): readonly Operation[] {
  const inOrder = history.toSorted((a, b) => a.calledAt - b.calledAt)
  let end = stuck.returnedAt
  for (const [index, { calledAt, returnedAt }] of inOrder.entries()) {
    if (calledAt > end) return inOrder.slice(0, index)
    end = Math.max(end, returnedAt)
  }
  return inOrder
}

/** Leaves out as many as it can: halves first, then quarters, down to each by itself. */
function dropParts<Part>(parts: readonly Part[], drop: (parts: readonly Part[]) => boolean): void {
  let left = [...parts]
  for (let size = left.length; size >= 1; size = Math.floor(size / 2)) {
    const kept: Part[] = []
    for (let from = 0; from < left.length; from += size) {
      const part = left.slice(from, from + size)
      if (!drop(part)) kept.push(...part)
    }
    left = kept
  }
}

function isAnswerOnly({ result: { outcome } }: Operation): boolean {
  return outcome !== 'granted' && outcome !== 'done'
}

function withoutOrdinal(operation: Operation): Operation {
  if (!isGranted(operation)) return operation
  return { ...operation, result: { ...operation.result, ordinal: null } } as Operation
}

/** Units that nobody can have been rejected for. */
function removableUnits(example: readonly Operation[]): readonly string[] {
  const rejections = example.filter(
    ({ kind, result }) => kind !== 'validate' && result.outcome === 'rejected',
  )
  return readUnitLives(example)
    .filter(({ possible }) =>
      rejections.every(
        ({ calledAt, returnedAt }) => possible.from > returnedAt || possible.to < calledAt,
      ),
    )
    .map(({ id }) => id)
}
