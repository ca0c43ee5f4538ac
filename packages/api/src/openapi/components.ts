import { isDeepStrictEqual } from 'node:util'

/**
 * Moves every schema and every response that has a title to the components, under that title, and leaves a
 * reference in its place: what several calls share is described once, and generated clients get one type for it.
 */
export function moveTitled(paths: object): {
  readonly paths: object
  readonly schemas: Readonly<Record<string, object>>
  readonly responses: Readonly<Record<string, object>>
} {
  const components = { schemas: new Map<string, object>(), responses: new Map<string, object>() }
  const moved = move(paths) as object
  return {
    paths: moved,
    schemas: toSorted(components.schemas),
    responses: toSorted(components.responses),
  }

  function move(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(move)
    if (typeof node !== 'object' || node === null) return node
    const { title, ...copy } = Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, move(value)]),
    )
    if (title === undefined) return copy
    // A field of that name has a schema.
    if (typeof title !== 'string') return { ...copy, title }
    const kind = 'content' in copy ? 'responses' : 'schemas'
    const known = components[kind].get(title)
    if (known !== undefined && !isDeepStrictEqual(known, copy)) {
      throw new Error(`two different ${kind} have the title ${title}`)
    }
    components[kind].set(title, copy)
    return { $ref: `#/components/${kind}/${title}` }
  }
}

function toSorted(components: ReadonlyMap<string, object>) {
  return Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)))
}
