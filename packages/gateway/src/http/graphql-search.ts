import { isObject, type RequestMembers } from '../trusted-documents/recognize.ts'

/**
 * Reads a GraphQL request out of a URL's query, as Fastify parsed it. An empty `operationName` is an absent one.
 *
 * @returns undefined when a member comes more than once, or is no JSON object where it has to be one
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-GET
 */
export function readSearch(search: unknown): RequestMembers | undefined {
  if (!isObject(search)) return undefined
  const { documentId, query, operationName, variables, extensions } = search
  const texts = [documentId, query, operationName, variables, extensions]
  if (texts.some((it) => it !== undefined && typeof it !== 'string')) return undefined
  const objects = { variables: readObject(variables), extensions: readObject(extensions) }
  if (Object.values(objects).includes(undefined)) return undefined
  return { documentId, query, operationName: operationName || null, ...objects }
}

/** Null where there is none, undefined where it is none. */
function readObject(text: unknown): object | null | undefined {
  if (typeof text !== 'string') return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) || value === null ? value : undefined
  } catch {
    return undefined
  }
}
