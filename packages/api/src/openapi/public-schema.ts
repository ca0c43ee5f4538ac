import { TEXT_FORMAT } from '../coupon-fields.ts'
import { type Phrase, TEXTS } from '../messages/texts.ts'

/**
 * Takes out of all schemas what only our validator knows, and says what is allowed in the description instead.
 * A field can have the name of a keyword: its value is a schema then, and no text.
 */
export function toPublicSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toPublicSchema)
  if (typeof node !== 'object' || node === null) return node
  const allowed =
    'allowed' in node && typeof node.allowed === 'function' ? (node.allowed as Phrase) : undefined
  const known = allowed !== undefined ? { description: undefined, ...node } : node
  return Object.fromEntries(
    Object.entries(known).flatMap(([key, value]) => {
      if (key === 'format' && value === TEXT_FORMAT) return []
      if (allowed === undefined) return [[key, toPublicSchema(value)]]
      if (key === 'allowed') return []
      if (key === 'description') {
        return [[key, [value, `Allowed: ${allowed(TEXTS.en)}.`].filter(Boolean).join(' ')]]
      }
      return [[key, toPublicSchema(value)]]
    }),
  )
}

interface PublicObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>
  readonly required?: readonly string[]
}

/** The parameters of a query or a path, of the schema that validates them. */
export function toParameters(place: 'query' | 'path', schema: object | undefined): object[] {
  const { properties = {}, required = [] } = toPublicSchema(schema ?? {}) as PublicObjectSchema
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    ...(required.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}
