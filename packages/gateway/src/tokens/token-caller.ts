import type { JWTPayload } from 'jose'
import { type Caller, SCOPES_OF_KIND } from '../caller.ts'
import type { TokenSettings } from './token-settings.ts'

/** As long as OpenID Connect lets a subject be, and characters that logs and headers take. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/
/** A token may say that it is no more than one of these; each allows less than a token otherwise does. */
const NARROWER_KINDS = ['publishable', 'staff'] as const

/**
 * Makes a caller of the claims of a verified token, or says what is wrong with them. The claim `scope` is that
 * of RFC 9068: what is in it besides our scopes is meant for others.
 */
export function toCaller(
  { sub, scope = '', kind }: JWTPayload,
  { origins, callsPerMinute }: Pick<TokenSettings, 'origins' | 'callsPerMinute'>,
): Caller | string {
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) {
    return 'its claim `sub` must have 1 to 255 visible ASCII characters'
  }
  if (typeof scope !== 'string')
    return 'its claim `scope` must be a text with spaces between scopes'
  const narrower = NARROWER_KINDS.find((it) => it === kind)
  // Taken for nothing, a misspelled kind would give more than was meant.
  if (kind !== undefined && narrower === undefined) {
    return `its claim \`kind\` must be ${NARROWER_KINDS.join(' or ')}, or left out`
  }
  const callerKind = narrower ?? 'token'
  const granted = scope.split(' ')
  return {
    id: `jwt:${sub}`,
    kind: callerKind,
    by: 'token',
    scopes: new Set(SCOPES_OF_KIND[callerKind].filter((it) => granted.includes(it))),
    callsPerMinute,
    origins,
  }
}
