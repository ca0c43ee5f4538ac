import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'

/** Those that Apollo Server answers with, in the order of its preference. */
const ANSWER_TYPES = [
  'application/json; charset=utf-8',
  'application/graphql-response+json; charset=utf-8',
  'application/json; callbackSpec=1.0; charset=utf-8',
]
const [DEFAULT_TYPE = ''] = ANSWER_TYPES

/** Clients send one of a few. Whoever makes up others pushes these out, and only for as long as he goes on. */
const MAX_REMEMBERED = 64

/** Chooses the media type of an answer by `Accept`, as Apollo Server does. Undefined: the client takes none of them. */
export type ChooseAnswerType = (accept: string | undefined) => string | undefined

export function createAnswerTypes(): ChooseAnswerType {
  const remembered = new LRUCache<string, { readonly type: string | undefined }>({
    max: MAX_REMEMBERED,
  })
  return (accept) => {
    if (!accept) return DEFAULT_TYPE
    const known = remembered.get(accept)
    if (known !== undefined) return known.type
    const type = new Negotiator({ headers: { accept } }).mediaType(ANSWER_TYPES)
    remembered.set(accept, { type })
    return type
  }
}
