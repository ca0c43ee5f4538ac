import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'

/** "Limits of one operation" of the contract. */
const MAX_ROOT_FIELDS = 10
const MAX_DEPTH = 8
const MAX_WRITES = 1

/**
 * Validation rule: refuses a document that asks for too much at once, before anything of it is run. Aliases
 * would guess many codes in one request, and of several writes in one document some would fail and some not.
 *
 * Fragments are followed, each once, so that nothing hides in them, and a cycle or a doubling chain of them
 * costs nothing. Introspection has no depth here: playgrounds ask for more than 8 levels, graphql-js limits
 * it by a rule of its own, and production has none.
 */
export function limitOperations(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const refuse = (message: string, node: DocumentNode | OperationDefinitionNode) =>
        context.reportError(new GraphQLError(message, { nodes: node }))
      const operations = document.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION)
      let writes = 0
      for (const operation of operations) {
        const rootFields = findRootFields(operation.selectionSet, context)
        if (rootFields.size > MAX_ROOT_FIELDS) {
          refuse(
            `An operation may have at most ${MAX_ROOT_FIELDS} root fields, got ${rootFields.size}.`,
            operation,
          )
        }
        const depth = measureDepth(operation.selectionSet, context)
        if (depth > MAX_DEPTH) {
          refuse(`An operation may be at most ${MAX_DEPTH} fields deep, got ${depth}.`, operation)
        }
        if (operation.operation === OperationTypeNode.MUTATION) {
          writes += [...rootFields.values()].filter((name) => !isIntrospection(name)).length
        }
      }
      if (writes > MAX_WRITES) {
        refuse(
          `A document may have at most ${MAX_WRITES} write, such as \`redeemCoupon\`, got ${writes}.`,
          document,
        )
      }
      return false
    },
  }
}

/** The root fields by their names in the answer: what has one name is run once, however often it is asked for. */
function findRootFields(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  found = new Map<string, string>(),
  fragments = new Set<string>(),
): ReadonlyMap<string, string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      found.set((selection.alias ?? selection.name).value, selection.name.value)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      findRootFields(selection.selectionSet, context, found, fragments)
    } else if (!fragments.has(selection.name.value)) {
      fragments.add(selection.name.value)
      const fragment = context.getFragment(selection.name.value)
      if (fragment) findRootFields(fragment.selectionSet, context, found, fragments)
    }
  }
  return found
}

/** @param known the depths of the fragments measured so far; 0 for one that is being measured: a cycle ends there */
function measureDepth(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  known = new Map<string, number>(),
): number {
  const depthOf = (selection: SelectionNode): number => {
    if (selection.kind === Kind.FIELD) {
      if (isIntrospection(selection.name.value)) return 0
      return 1 + (selection.selectionSet ? measureDepth(selection.selectionSet, context, known) : 0)
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return measureDepth(selection.selectionSet, context, known)
    }
    const name = selection.name.value
    const fragment = context.getFragment(name)
    if (fragment && !known.has(name)) {
      known.set(name, 0)
      known.set(name, measureDepth(fragment.selectionSet, context, known))
    }
    return known.get(name) ?? 0
  }
  return Math.max(0, ...selections.map(depthOf))
}

/** `__schema`, `__type`, `__typename`: GraphQL keeps two underscores for itself. */
function isIntrospection(name: string): boolean {
  return name.startsWith('__')
}
