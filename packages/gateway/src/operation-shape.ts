import { Kind, type SelectionNode, type SelectionSetNode, type ValidationContext } from 'graphql'

/** The root fields by their names in the answer: what has one name is run once, however often it is asked for. */
export function findRootFields(
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

/**
 * How many fields deep a selection is. Fragments are followed, each once: a doubling chain of them costs nothing.
 * @param known the depths of the fragments measured so far; 0 for one that is being measured: a cycle ends there
 */
export function measureDepth(
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
export function isIntrospection(name: string): boolean {
  return name.startsWith('__')
}
