import Negotiator from 'negotiator'

/** Those that Apollo Server answers with, in the order of its preference. */
const ANSWER_TYPES = [
  'application/json; charset=utf-8',
  'application/graphql-response+json; charset=utf-8',
  'application/json; callbackSpec=1.0; charset=utf-8',
]
const [DEFAULT_TYPE = ''] = ANSWER_TYPES

/** Clients send one of a few; whoever makes up others pays for reading them each time. */
const MAX_REMEMBERED = 64

/** Chooses the media type of an answer by `Accept`, as Apollo Server does. Undefined: the client takes none of them. */
export type ChooseAnswerType = (accept: string | undefined) => string | undefined

export function createAnswerTypes(): ChooseAnswerType {
  const remembered = new Map<string, string | undefined>()
  return (accept) => {
    if (!accept) return DEFAULT_TYPE
    if (remembered.has(accept)) return remembered.get(accept)
    const chosen = new Negotiator({ headers: { accept } }).mediaType(ANSWER_TYPES)
    if (remembered.size < MAX_REMEMBERED) remembered.set(accept, chosen)
    return chosen
  }
}
