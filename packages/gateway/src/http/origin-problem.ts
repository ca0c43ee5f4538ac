import { type Caller, nameOf } from '../caller.ts'

/** The whole text of a header can be 16 KiB; nobody needs more than this of it to know his own origin again. */
const MAX_SHOWN_LENGTH = 100

/**
 * Why the page that sent a request may not use the caller's key or token; undefined when it may. Only browsers
 * send `Origin`, and no page can change it. What comes without is no page: a key in a page is known to everybody, and
 * a program can send any origin, so to refuse it would protect nothing.
 */
export function findOriginProblem(
  caller: Pick<Caller, 'kind' | 'by' | 'origins'>,
  origin: string | undefined,
  host: string | undefined,
): string | undefined {
  if (origin === undefined) return undefined
  if (caller.kind === 'secret') {
    // Of the gateway's own pages, the playground asks for any key.
    if (isOwnPage(origin, host)) return undefined
    return 'A secret key is for servers, and this request is from a page in a browser: whoever opens it could take the key. Use a publishable key or a token there, and replace this key if the page is public.'
  }
  if (caller.origins === null || caller.origins.has(origin)) return undefined
  return `This ${nameOf(caller)} may not be used by pages of the origin ${JSON.stringify(shorten(origin))}: whoever runs this gateway has to list it.`
}

function isOwnPage(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.parse(origin)?.host === host
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}…`
}
