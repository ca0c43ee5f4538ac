import { ERROR_CODES, type ErrorCode } from '@coupon-gateway/schema'
import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import type { ExceededLimit, LimitReports } from './limit-reports.ts'
import { type CostContext, costOf, type OperationCost } from './operation-cost.ts'
import { findRootFields, isIntrospection, measureDepth } from './operation-shape.ts'

/** "Limits of one operation" of the contract. */
const MAX_ROOT_FIELDS = 10
const MAX_DEPTH = 8
const MAX_WRITES = 1
/** Two full lists of codes and some single ones, or one with the log of each coupon. */
const MAX_CALLS = 50
/** Four full pages of the log with all that there is of each redemption; some 10 ms of work. */
const MAX_VALUES = 10_000

export interface OperationLimitsOptions {
  /**
   * Whether what is past a limit is refused, or only reported: a document once for as long as it is kept, lists in
   * variables with each request.
   */
  readonly mode: 'measure' | 'enforce'
  readonly reports: LimitReports
}

/** The limits of one operation, in two places: when a document is first seen, and when it comes with its variables. */
export interface OperationLimits {
  /**
   * Validation rule: refuses a document that asks for too much at once, before anything of it is run. Aliases
   * would guess many codes in one request, and of several writes in one document some would fail and some not.
   */
  readonly rule: ValidationRule
  /** Whether an operation is within the limits whatever its variables are. Known for as long as its document is kept. */
  isHarmless(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): boolean
  /**
   * Judges lists that come as variables, whose length the rule cannot know. It looks at nothing when the document is
   * within the limits whatever its variables are.
   * @throws GraphQLError COST_LIMIT_EXCEEDED
   */
  checkVariables(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): void
}

interface Excess {
  readonly limit: ExceededLimit['limit']
  readonly code: ErrorCode
  readonly message: string
  readonly node: DocumentNode | OperationDefinitionNode
}

/**
 * Makes the limits. Fragments are followed where they are used, so that nothing hides in them; a cycle or a doubling
 * chain of them ends the counting. Introspection has no part: playgrounds ask for more than 8 levels, graphql-js
 * limits it by a rule of its own, and production has none.
 */
export function createOperationLimits({ mode, reports }: OperationLimitsOptions): OperationLimits {
  const isEnforced = mode === 'enforce'
  const harmless = new WeakSet<OperationDefinitionNode>()
  const suspicious = new WeakSet<OperationDefinitionNode>()

  function refusalsOf(excesses: readonly Excess[]): GraphQLError[] {
    for (const { limit } of excesses) reports.exceeded({ limit, isEnforced })
    return isEnforced ? excesses.map(toError) : []
  }

  function isHarmless(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): boolean {
    if (harmless.has(operation)) return true
    if (suspicious.has(operation)) return false
    const fragmentOf = fragmentsOf(document)
    const most = costOf(operation, { schema, fragmentOf, variables: 'most' })
    const isWithin = findCostExcesses(operation, most).length === 0
    ;(isWithin ? harmless : suspicious).add(operation)
    return isWithin
  }

  return {
    rule: (context): ASTVisitor => ({
      Document(document) {
        for (const error of refusalsOf(findExcesses(document, context))) context.reportError(error)
        return false
      },
    }),
    isHarmless,
    checkVariables(schema, document, operation, variables) {
      if (isHarmless(schema, document, operation)) return
      const cost = costOf(operation, { schema, fragmentOf: fragmentsOf(document), variables })
      const [refusal] = refusalsOf(findCostExcesses(operation, cost))
      if (refusal !== undefined) throw refusal
    },
  }
}

/** The code that an error of the rule was reported with: Apollo gives every validation error its own. */
export function codeOfOperationLimit({ originalError }: GraphQLError): ErrorCode | undefined {
  const code = originalError instanceof GraphQLError ? originalError.extensions.code : undefined
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)
    ? (code as ErrorCode)
    : undefined
}

function findExcesses(document: DocumentNode, context: ValidationContext): readonly Excess[] {
  const operations = document.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION)
  const invalid = { code: 'GRAPHQL_VALIDATION_FAILED' } as const
  const excesses: Excess[] = []
  let writes = 0
  for (const operation of operations) {
    const rootFields = findRootFields(operation.selectionSet, context)
    if (rootFields.size > MAX_ROOT_FIELDS) {
      excesses.push({
        ...invalid,
        limit: 'root-fields',
        message: `An operation may have at most ${MAX_ROOT_FIELDS} root fields, got ${rootFields.size}.`,
        node: operation,
      })
    }
    const depth = measureDepth(operation.selectionSet, context)
    if (depth > MAX_DEPTH) {
      excesses.push({
        ...invalid,
        limit: 'depth',
        message: `An operation may be at most ${MAX_DEPTH} fields deep, got ${depth}.`,
        node: operation,
      })
    }
    if (operation.operation === OperationTypeNode.MUTATION) {
      writes += [...rootFields.values()].filter((name) => !isIntrospection(name)).length
    }
    const cost = costOf(operation, {
      schema: context.getSchema(),
      fragmentOf: (name) => context.getFragment(name),
      variables: 'fewest',
    })
    excesses.push(...findCostExcesses(operation, cost))
  }
  if (writes > MAX_WRITES) {
    excesses.push({
      ...invalid,
      limit: 'writes',
      message: `A document may have at most ${MAX_WRITES} write, such as \`redeemCoupon\`, got ${writes}.`,
      node: document,
    })
  }
  return excesses
}

function findCostExcesses(
  node: OperationDefinitionNode,
  { calls, values, isMore }: OperationCost,
): readonly Excess[] {
  const costly = { code: 'COST_LIMIT_EXCEEDED', node } as const
  const excesses: Excess[] = []
  if (calls > MAX_CALLS) {
    const message = `An operation may cause at most ${MAX_CALLS} upstream calls, this one can cause ${calls}.`
    excesses.push({ ...costly, limit: 'calls', message })
  }
  if (values > MAX_VALUES || isMore) {
    const got = isMore ? 'has more than can be counted' : `can have ${values}`
    const message = `An answer may have at most ${MAX_VALUES} fields, that of this operation ${got}.`
    excesses.push({ ...costly, limit: 'values', message })
  }
  return excesses
}

function toError({ code, message, node }: Excess): GraphQLError {
  return new GraphQLError(message, {
    nodes: node,
    extensions: code === 'COST_LIMIT_EXCEEDED' ? { code, http: { status: 400 } } : {},
  })
}

function fragmentsOf({ definitions }: DocumentNode): CostContext['fragmentOf'] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition)
  }
  return (name) => fragments.get(name)
}
