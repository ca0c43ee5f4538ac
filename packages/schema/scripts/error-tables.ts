import type { GraphQLEnumType, GraphQLSchema } from 'graphql'
import { ERROR_CODES } from '../src/error-codes.ts'

const START = '<!-- Generated from here on: see "Change". -->'
const END = '<!-- Up to here. -->'

/** The README with its tables of errors made anew. Throws where the README has no place for them. */
export function withErrorTables(readme: string, schema: GraphQLSchema): string {
  const [before, rest] = split(readme, START)
  const [, after] = split(rest, END)
  const tables = [errorTable(), userErrorTable(schema)].join('\n\n')
  return `${before}${START}\n\n${tables}\n\n${END}${after}`
}

function split(text: string, mark: string): readonly [string, string] {
  const [before, after, ...more] = text.split(mark)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`README.md must hold the line ${mark} once`)
  }
  return [before, after]
}

function errorTable(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return ['| `extensions.code` | what it means, and what to do |', '| --- | --- |', ...rows].join(
    '\n',
  )
}

/** Each refusal, with the fields that can answer it. */
function userErrorTable(schema: GraphQLSchema): string {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  const fieldsOf = new Map<string, string[]>()
  const note = (field: string, enumName: string) => {
    for (const { name } of (schema.getType(enumName) as GraphQLEnumType).getValues()) {
      fieldsOf.set(name, [...(fieldsOf.get(name) ?? []), field])
    }
  }
  note('validateCoupon', 'CouponRejectionReason')
  for (const field of mutations) {
    note(field, `${field[0]?.toUpperCase()}${field.slice(1)}UserErrorCode`)
  }
  const rows = [...fieldsOf].map(([code, fields]) => {
    const isEveryMutation = mutations.every((it) => fields.includes(it))
    const where = isEveryMutation ? 'every mutation' : fields.map((it) => `\`${it}\``).join(', ')
    return `| \`${code}\` | ${where} |`
  })
  return ['| `reason`, `userErrors` | of |', '| --- | --- |', ...rows].join('\n')
}
