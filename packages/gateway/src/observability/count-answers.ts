import type { GatewayContext } from '../context.ts'

// biome-ignore lint/suspicious/noExplicitAny: a resolver of any field, which is passed through as it is.
type Resolver = (parent: any, input: any, context: GatewayContext, info: any) => unknown

/**
 * Counts what root fields decide about coupons. What they throw is counted where errors are.
 * @param fields resolvers, each a function
 */
export function countAnswers<Fields extends Readonly<Record<string, object>>>(
  fields: Fields,
): Fields {
  const counted = Object.entries(fields).map(([field, resolve]) => [
    field,
    function resolveAndCount(...call: Parameters<Resolver>) {
      const answer = (resolve as Resolver)(...call)
      const { metrics } = call[2]
      if (metrics === null) return answer
      return Promise.resolve(answer).then((result: unknown) => {
        for (const it of answersOf(result)) metrics.countAnswer(field, it)
        return result
      })
    },
  ])
  return Object.fromEntries(counted)
}

/** The payload of a mutation, a validation, or several. */
function answersOf(result: unknown): readonly string[] {
  if (Array.isArray(result)) return result.flatMap(answersOf)
  if (typeof result !== 'object' || result === null) return []
  if ('userErrors' in result) {
    const { userErrors, replayed } = result as Payload
    if (userErrors.length > 0) return userErrors.map(({ code }) => code)
    return [replayed ? 'REPLAYED' : 'OK']
  }
  if ('valid' in result) return [(result as unknown as Validation).reason ?? 'OK']
  return []
}

interface Payload {
  readonly userErrors: readonly { readonly code: string }[]
  readonly replayed: boolean
}

interface Validation {
  readonly reason: string | null
}
