import {
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'
import { micromark } from 'micromark'
import { ERROR_CODES } from '../../src/error-codes.ts'

/** The types that are the schema's own, by name. */
export function publishedTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** The anchor of a field, an enum value or an operation. */
export function idOf(typeName: string, memberName: string): string {
  return `${typeName}.${memberName}`
}

/**
 * A description, which is CommonMark by the GraphQL specification, as HTML. HTML in it is shown as text, and a code
 * that names something of this schema links to it.
 */
export function renderMarkdown(
  schema: GraphQLSchema,
  description: string | null | undefined,
): string {
  return micromark(description ?? '').replaceAll(
    /<code>([A-Za-z]+(?:[._][A-Za-z_]+)*)<\/code>/g,
    (code, name: string) => {
      const anchor = anchorOf(schema, name)
      return anchor === undefined ? code : `<a href="#${anchor}">${code}</a>`
    },
  )
}

function anchorOf(schema: GraphQLSchema, name: string): string | undefined {
  const [typeName = '', memberName] = name.split('.')
  const type = schema.getType(typeName)
  if (type && !isSpecifiedScalarType(type)) {
    if (memberName === undefined) return typeName
    return memberNames(type).includes(memberName) ? name : undefined
  }
  if (Object.hasOwn(ERROR_CODES, name)) return `error-${name}`
  // `coupon` alone is more often a field of an answer than the query.
  const isFieldElsewhere = publishedTypes(schema).some(
    (it) => !isRootType(schema, it) && memberNames(it).includes(name),
  )
  if (isFieldElsewhere) return undefined
  const root = [schema.getQueryType(), schema.getMutationType()].find(
    (it) => it?.getFields()[name] !== undefined,
  )
  return root ? idOf(root.name, name) : undefined
}

function isRootType(schema: GraphQLSchema, type: GraphQLNamedType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType()
}

function memberNames(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name)
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
  return hasFields ? Object.keys(type.getFields()) : []
}

/** A type as in SDL, with its name as a link. GraphQL's own scalars have no section to link to. */
export function linkType(type: GraphQLType): string {
  const named = getNamedType(type)
  if (isSpecifiedScalarType(named)) return String(type)
  return String(type).replace(named.name, `<a href="#${named.name}">${named.name}</a>`)
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
