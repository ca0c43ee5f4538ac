import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { MAX_CODES, MAX_PAGE_SIZE, PAGE_SIZE } from './list-sizes.ts'

/** How many a list field answers, by one of its arguments. */
interface ListArgument {
  readonly argument: 'codes' | 'first'
  /** When the argument is left out. */
  readonly usual: number
  /** The resolver refuses more, before it asks anything. */
  readonly most: number
}

/** What a field causes besides being answered. */
interface FieldCost {
  /** Upstream calls, at most. */
  readonly calls: number
  /** A list: everything below it is there once for each item. */
  readonly items?: ListArgument
  /** Whether the calls are made for each item, too. */
  readonly callsForEach?: boolean
}

const PAGE: ListArgument = { argument: 'first', usual: PAGE_SIZE, most: MAX_PAGE_SIZE }
const WRITE: FieldCost = { calls: 1 }

/** Every field that has a resolver; the others are values of the one above. */
export const FIELD_COSTS: Readonly<Record<string, FieldCost>> = {
  'Query.validateCoupon': { calls: 1 },
  'Query.validateCoupons': {
    calls: 1,
    callsForEach: true,
    items: { argument: 'codes', usual: 0, most: MAX_CODES },
  },
  'Query.coupon': { calls: 1 },
  'Query.redemption': { calls: 1 },
  'Query.redemptions': { calls: 1, items: PAGE },
  'Query.rateLimit': { calls: 0 },
  // A staff key looks at the coupon first.
  'Mutation.redeemCoupon': { calls: 2 },
  'Mutation.reserveCoupon': WRITE,
  'Mutation.confirmReservation': WRITE,
  'Mutation.releaseReservation': WRITE,
  'Mutation.rollbackRedemption': WRITE,
  'Mutation.createCoupon': WRITE,
  'Mutation.updateCoupon': WRITE,
  'Mutation.deleteCoupon': WRITE,
  'Coupon.redemptions': { calls: 1, items: PAGE },
  'CreateCouponPayload.coupon': { calls: 1 },
  'UpdateCouponPayload.coupon': { calls: 1 },
}

/** What an operation can cause at most. */
export interface OperationCost {
  /** Upstream calls. */
  readonly calls: number
  /** Fields of its answer, all lists at their length. */
  readonly values: number
  /** Whether the counting was given up, since there is more than anybody would ask for. */
  readonly isMore: boolean
}

export interface CostContext {
  readonly schema: GraphQLSchema
  readonly fragmentOf: (name: string) => FragmentDefinitionNode | null | undefined
  /** The value of a variable, or what to take for the size of every list that a variable decides. */
  readonly variables: Readonly<Record<string, unknown>> | 'fewest' | 'most'
}

/**
 * Selections that are looked at. Fragments within fragments multiply: 1000 tokens can mean millions of fields, and
 * what refuses them must not be what they were sent for.
 */
const MAX_VISITS = 3_000
/** As deep as an operation may be: what is deeper is refused for that. It also ends a cycle of fragments. */
const MAX_LEVELS = 8

/**
 * Adds up what an operation can cause: fragments where they are used, and what has one name in the answer once, as
 * execution does. `@skip` and `@include` are not looked at.
 */
export function costOf(operation: OperationDefinitionNode, context: CostContext): OperationCost {
  const { schema, fragmentOf } = context
  const defaults = defaultsOf(operation)
  let calls = 0
  let values = 0
  let visits = 0

  function collect(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    found: Map<string, CollectedField>,
    spread: Set<string>,
  ): Map<string, CollectedField> {
    for (const selection of selections) {
      visits += 1
      if (visits > MAX_VISITS) return found
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value
        const known = found.get(key)
        if (known === undefined) found.set(key, { type, node: selection, sets: setsOf(selection) })
        else known.sets.push(...setsOf(selection))
        continue
      }
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD
      if (isSpread && spread.has(selection.name.value)) continue
      if (isSpread) spread.add(selection.name.value)
      const fragment = isSpread ? fragmentOf(selection.name.value) : selection
      const condition = fragment?.typeCondition
      const inner = condition == null ? type : schema.getType(condition.name.value)
      if (fragment != null) collect(fragment.selectionSet, inner, found, spread)
    }
    return found
  }

  function add(
    sets: readonly SelectionSetNode[],
    type: GraphQLNamedType | undefined,
    times: number,
    level: number,
  ): void {
    const fields = new Map<string, CollectedField>()
    const spread = new Set<string>()
    for (const set of sets) collect(set, type, fields, spread)
    for (const field of fields.values()) {
      if (visits > MAX_VISITS) return
      values += times
      const fieldType = typeOf(field)
      if (fieldType === undefined) continue
      const { cost, below } = fieldType
      const items =
        cost?.items === undefined ? 1 : sizeOfList(field.node, cost.items, context, defaults)
      calls += times * (cost?.calls ?? 0) * (cost?.callsForEach ? items : 1)
      if (level < MAX_LEVELS) add(field.sets, below, times * Math.max(1, items), level + 1)
    }
  }

  add([operation.selectionSet], schema.getRootType(operation.operation) ?? undefined, 1, 1)
  return { calls, values, isMore: visits > MAX_VISITS }
}

interface CollectedField {
  readonly type: GraphQLNamedType | undefined
  readonly node: FieldNode
  readonly sets: SelectionSetNode[]
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode) {
  const defaults = new Map<string, ValueNode>()
  for (const { variable, defaultValue } of variableDefinitions) {
    if (defaultValue !== undefined) defaults.set(variable.name.value, defaultValue)
  }
  return defaults
}

function setsOf({ selectionSet }: FieldNode): SelectionSetNode[] {
  return selectionSet === undefined ? [] : [selectionSet]
}

/** What a field costs, and of which type it is; undefined for one that there is not, which another rule refuses. */
function typeOf({ type, node }: CollectedField) {
  const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined
  if (field === undefined || !isObjectType(type)) return undefined
  return { cost: FIELD_COSTS[`${type.name}.${field.name}`], below: getNamedType(field.type) }
}

function sizeOfList(
  node: FieldNode,
  list: ListArgument,
  { variables }: CostContext,
  defaults: ReadonlyMap<string, ValueNode>,
): number {
  const given = node.arguments?.find(({ name }) => name.value === list.argument)?.value
  if (given?.kind !== Kind.VARIABLE) return Math.min(list.most, sizeOfLiteral(given, list))
  if (variables === 'most') return list.most
  if (variables === 'fewest') return 1
  const name = given.name.value
  const value = variables[name]
  const size =
    value === undefined ? sizeOfLiteral(defaults.get(name), list) : sizeOfValue(value, list)
  return Math.min(list.most, size)
}

/** What is no list is coerced to a list of one, and what is of another type is for another rule to refuse. */
function sizeOfLiteral(literal: ValueNode | undefined, list: ListArgument): number {
  switch (literal?.kind) {
    case undefined:
    case Kind.NULL:
      return list.usual
    case Kind.LIST:
      return literal.values.length
    case Kind.INT:
      return Math.max(1, Number(literal.value))
    default:
      return 1
  }
}

/** As {@link sizeOfLiteral}, of the value of a variable before it is coerced. */
function sizeOfValue(value: unknown, list: ListArgument): number {
  if (value === null) return list.usual
  if (Array.isArray(value)) return value.length
  return typeof value === 'number' ? Math.max(1, value) : 1
}
