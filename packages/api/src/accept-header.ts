const JSON_TYPE = 'application/json'

/**
 * Chooses among JSON and other media types by `Accept`: the one with the highest weight, of equal ones the first
 * named. Whoever accepts anything, or nothing that we have, gets JSON.
 *
 * @returns undefined for JSON
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
export function chooseMediaType<Type extends string>(
  accept: string | undefined,
  others: readonly Type[],
): Type | undefined {
  const wanted = (accept ?? '')
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((it) => it.startsWith('q='))?.slice(2)
      return { type, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ type, weight }) => weight > 0 && (isJson(type) || others.includes(type as Type)))
    // Sorting keeps the order of equals.
    .sort((a, b) => b.weight - a.weight)
  return others.find((type) => type === wanted[0]?.type)
}

function isJson(type: string): boolean {
  return type === JSON_TYPE || type === 'application/*' || type === '*/*'
}
