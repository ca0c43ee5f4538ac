import { z } from 'zod'

/** What must be written where an origin is listed; the text says it after "must be". */
export const ORIGIN_RULE =
  'an exact origin such as https://shop.example or http://localhost:5173: scheme, host and the port where it is not the usual one, all in lower case, with nothing behind, and no pattern'

/** An origin as browsers write it into `Origin`, so that comparing texts is enough. */
export const originField = z.string().refine(isExactOrigin, { error: `must be ${ORIGIN_RULE}` })

/**
 * Whether a text is an origin in the form that browsers send. Apps in a web view have schemes of their own
 * (`capacitor://localhost`). `null`, which pages without an origin send, is none: it is the same for all of them.
 */
export function isExactOrigin(text: string): boolean {
  const url = URL.parse(text)
  // A host may hold a `*`, and be one that nobody has: whoever writes it means a pattern.
  return (
    url !== null &&
    url.host !== '' &&
    !url.host.includes('*') &&
    `${url.protocol}//${url.host}` === text
  )
}
