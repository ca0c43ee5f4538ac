import { typeDefs } from '@coupon-gateway/schema'
import fc from 'fast-check'
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { hostileText } from './values.ts'

const schema = buildSchema(typeDefs)

/** Deeper than an operation may be. */
const MAX_LEVELS = 10

/** Documents that fit the schema, or nearly so. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('query', 'mutation'),
    fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    fc.infiniteStream(fc.nat()),
    fc.infiniteStream(hostileText),
  )
  .map(([kind, roots, numbers, texts]) => {
    const choose = createChooser(numbers, texts)
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    const fields = Object.values((root as GraphQLObjectType).getFields())
    // More than one write is refused for that, whatever else it is.
    const chosen = kind === 'query' ? roots : roots.slice(0, 1)
    const selections = chosen.map((root, index) => {
      const field = fields[root % fields.length] as GraphQLField<unknown, unknown>
      return `f${index}: ${writeField(field, choose, 1)}`
    })
    return `${kind} { ${selections.join(' ')} }`
  })

type Chooser = ReturnType<typeof createChooser>

function createChooser(numbers: fc.Stream<number>, texts: fc.Stream<string>) {
  const below = (count: number): number => (numbers.next().value as number) % count
  return {
    below,
    oneOf: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
    isLucky: (oneIn: number) => below(oneIn) === 0,
    text: () => texts.next().value as string,
  }
}

function writeField(field: GraphQLField<unknown, unknown>, choose: Chooser, level: number): string {
  const given = field.args.filter(({ type }) => isNonNullType(type) || choose.isLucky(2))
  const values = given.map(({ name, type }) => `${name}: ${writeValue(type, choose, 1)}`)
  const directive = choose.isLucky(12) ? ' @skip(if: false)' : ''
  const call = `${field.name}${values.length > 0 ? `(${values.join(', ')})` : ''}${directive}`
  return `${call}${writeSelections(getNamedType(field.type), choose, level + 1)}`
}

function writeSelections(type: GraphQLNamedType, choose: Chooser, level: number): string {
  if (isUnionType(type)) {
    const members = type.getTypes()
    return ` { __typename ${members.map((it) => `... on ${it.name}${writeSelections(it, choose, level)}`).join(' ')} }`
  }
  if (!isObjectType(type)) return ''
  const fields = Object.values(type.getFields())
  const count = 1 + choose.below(Math.min(4, fields.length))
  const selections = Array.from({ length: count }, (_, index) => {
    const field = choose.oneOf(fields)
    const isLeaf = !isObjectType(getNamedType(field.type)) && !isUnionType(getNamedType(field.type))
    if (level >= MAX_LEVELS && !isLeaf) return '__typename'
    const written = `l${level}n${index}: ${writeField(field, choose, level)}`
    return choose.isLucky(8) ? `... { ${written} }` : written
  })
  return ` { ${selections.join(' ')} }`
}

/** A literal that mostly fits: now and then it is of another type, or null. */
function writeValue(type: GraphQLInputType, choose: Chooser, level: number): string {
  if (choose.isLucky(60))
    return choose.oneOf(['null', '7', '1.5e300', 'true', '[[]]', '{}', 'NONE'])
  if (isNonNullType(type)) return writeValue(type.ofType, choose, level)
  if (isListType(type)) {
    const items = Array.from({ length: choose.below(25) }, () =>
      writeValue(type.ofType, choose, level),
    )
    return `[${items.join(', ')}]`
  }
  if (isEnumType(type)) return choose.oneOf(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (it) => isNonNullType(it.type) || choose.isLucky(type.isOneOf ? 3 : 2),
    )
    if (level > 4) return '{}'
    return `{ ${fields.map((it) => `${it.name}: ${writeValue(it.type, choose, level + 1)}`).join(', ')} }`
  }
  return writeScalar(type.name, choose)
}

function writeScalar(name: string, choose: Chooser): string {
  switch (name) {
    case 'Int':
      return choose.oneOf(['1', '20', '0', '-1', '2147483647', '2147483648'])
    case 'Boolean':
      return choose.oneOf(['true', 'false'])
    case 'Date':
      return choose.oneOf(['"2026-11-26"', '"2026-02-30"', '""'])
    case 'DateTime':
      return choose.oneOf(['"2026-11-26T10:00:00Z"', '"2026-11-26"', '"x"'])
    case 'Decimal':
      return choose.oneOf(['"10"', '"0.5"', '"1e9"', '"-1"'])
    default:
      return JSON.stringify(
        choose.oneOf([
          'WELCOME10',
          'welcome-10',
          'order-4711-key',
          '01a2175c-b834-7115-afcf-633e2f82b589',
          choose.text(),
        ]),
      )
  }
}

/** What is put into a document, or taken out of it. */
const FRAGMENTS = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '$',
  '@',
  '...',
  '!',
  '|',
  '=',
  '&',
  '#',
  '"',
  '"""',
  '\\u{110000}',
  '\\',
  '\0',
  '\uFEFF',
  '\uD800',
  '...f',
  ' fragment f on Query { ...f } ',
  ' @include(if: $x) ',
  ' query q { __typename } ',
  '($x: Boolean!)',
  ' __schema { types { name } } ',
  'null',
  '1e999',
  '-',
  '0x1',
  ' on ',
  ' subscription { a } ',
  ' extend type Query { a: Int } ',
] as const

/** Documents that somebody has cut up. */
export const mutatedDocuments: fc.Arbitrary<string> = fc
  .tuple(
    documents,
    fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.constantFrom(...FRAGMENTS, '')), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([document, edits]) =>
    edits.reduce((text, [at, length, inserted]) => {
      const start = at % (text.length + 1)
      return `${text.slice(0, start)}${inserted}${text.slice(start + length)}`
    }, document),
  )
