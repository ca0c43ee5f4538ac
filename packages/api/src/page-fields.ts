import { type TSchema, Type } from 'typebox'
import { emptyToNull } from './coupon-fields.ts'
import { allowed } from './messages/allowed.ts'

/** What every list takes and answers: pages, and the way from one to the next. */

const DEFAULT_LIMIT = 100

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

export const limit = () =>
  Type.String({
    pattern: '^([1-9][0-9]{0,2}|1000)?$',
    allowed: allowed((it) => it.integer(1, 1000)),
    description: `The most entries of a page; ${DEFAULT_LIMIT} unless given.`,
    examples: ['20'],
  })

export const cursor = () =>
  Type.String({
    pattern: `^(${UUID})?$`,
    allowed: allowed((it) => it.cursor),
    description: '`nextCursor` of the page before. Absent or empty begins at the newest.',
    examples: ['01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11'],
  })

/** Reads which page is wanted, after it was validated. */
export function readPage(query: { readonly limit?: string; readonly cursor?: string }): {
  readonly limit: number
  readonly cursor: string | null
} {
  const wanted = emptyToNull(query.limit)
  return {
    limit: wanted === null ? DEFAULT_LIMIT : Number(wanted),
    cursor: emptyToNull(query.cursor),
  }
}

/** The answer of a list, for the document. */
export function pageAnswer<Name extends string>(name: Name, entry: TSchema, title: string) {
  return Type.Object(
    {
      [name]: Type.Array(entry),
      nextCursor: Type.Union([Type.String({ pattern: `^${UUID}$` }), Type.Null()], {
        description: '`cursor` of the next page; null on the last one.',
      }),
    },
    { title, additionalProperties: false },
  )
}
