/** What a caller may do. */
export const SCOPES = [
  'coupon:validate',
  'coupon:redeem',
  'coupon:rollback',
  'coupon:manage',
  'redemption:read',
] as const
export type Scope = (typeof SCOPES)[number]

/**
 * Publishable: a key in browsers, for everybody to see. Secret: a key on servers. Staff: a key in the shop, which
 * redeems on-site coupons only. Token: a JWT of an own frontend, of somebody who is logged in there.
 */
export type CallerKind = 'publishable' | 'secret' | 'staff' | 'token'

/** Who sent a request, by a key or by a token. What they showed for it is not kept. */
export interface Caller {
  /** Name for logs and budgets: the id of the key, or `jwt:` and the subject of the token. */
  readonly id: string
  readonly kind: CallerKind
  /** What was shown. A token may be of another kind than `token`, as far as that allows less. */
  readonly by: 'key' | 'token'
  readonly scopes: ReadonlySet<Scope>
  /** Upstream calls that the caller may cause in one minute. */
  readonly callsPerMinute: number
  /** Origins whose pages may send requests as this caller; null for any. */
  readonly origins: ReadonlySet<string> | null
}

/**
 * Whether anybody can be this caller: a key in a page is there to be read, and who signs up has a token. One that
 * says it is of staff is no exception: what a token says of itself never gives it more.
 */
export function isPublic({ kind, by }: Pick<Caller, 'kind' | 'by'>): boolean {
  return kind === 'publishable' || by === 'token'
}

/** The scopes that a kind can have at all. */
export const SCOPES_OF_KIND: Readonly<Record<CallerKind, readonly Scope[]>> = {
  publishable: ['coupon:validate'],
  secret: SCOPES,
  staff: ['coupon:validate', 'coupon:redeem'],
  token: SCOPES,
}

/** What a caller has, in a message for him: "secret key", "token", "staff token". */
export function nameOf({ kind, by }: Pick<Caller, 'kind' | 'by'>): string {
  return kind === by ? by : `${kind} ${by}`
}
