import { MAX_USE_LIMIT } from '@coupon-gateway/core'
import type { ErrorSymbol } from './error-symbols.ts'
import type { Plan } from './plans.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Which service this is to its callers. */
    readonly profile: ApiProfile
  }
}

export const PROFILE_NAMES = ['native', 'hosted'] as const
export type ProfileName = (typeof PROFILE_NAMES)[number]

/** All in which one profile of the service differs from another. */
export interface ApiProfile {
  readonly name: ProfileName
  /** Calls besides the five of the contract. */
  readonly hasExtensionCalls: boolean
  /** The OpenAPI document at `/openapi.json` and the page at `/docs`. */
  readonly hasReference: boolean
  readonly redeemMethods: ('PUT' | 'POST')[]
  /** Most redemptions that a coupon can be limited to; 0 is unlimited. */
  readonly maxUseLimit: number
  /** Input that only extensions know, of validate and of create and update: refused as unknown. */
  readonly unknownInput: {
    readonly validate: readonly string[]
    readonly coupon: readonly string[]
  }
  /** The lowest plan whose coupons may have the field, other than empty or `N`; the others are open to every plan. */
  readonly planOfField: { readonly [Field in 'domain' | 'webhookEnableYn']?: Plan }
  /** Headers of a request that are taken no notice of, in lower case. */
  readonly ignoredHeaders: readonly string[]
  /** Headers that no answer has. */
  readonly withheldHeaders: readonly string[]
  /** A call without `User-Agent` is FORBIDDEN. */
  readonly demandsUserAgent: boolean
  /** The envelope of an error has `error`, and `result` where the symbol has one. */
  readonly hasErrorDetails: boolean
  /** HTTP status of an error, where it is not that of its symbol. */
  readonly statusOfError: { readonly [Symbol in ErrorSymbol]?: number }
  /** An answer with another status than 2xx is a page for people, without the envelope. */
  readonly hasErrorPages: boolean
}

export const PROFILES: Readonly<Record<ProfileName, ApiProfile>> = {
  /** The contract, with all our extensions. */
  native: {
    name: 'native',
    hasExtensionCalls: true,
    hasReference: true,
    redeemMethods: ['PUT', 'POST'],
    maxUseLimit: MAX_USE_LIMIT,
    unknownInput: { validate: [], coupon: [] },
    // There is nothing to charge for: a domain is only stored, and who runs the service reports from machines of its own.
    planOfField: {},
    ignoredHeaders: [],
    withheldHeaders: [],
    demandsUserAgent: false,
    hasErrorDetails: true,
    statusOfError: {},
    hasErrorPages: false,
  },
  /**
   * The contract alone, as the hosted service answers it. Where its pages are silent, the choice is the one that
   * shows a client that relies on more: what it does not know is refused, and errors come bare.
   */
  hosted: {
    name: 'hosted',
    hasExtensionCalls: false,
    hasReference: false,
    redeemMethods: ['PUT'],
    maxUseLimit: 5,
    unknownInput: { validate: ['userId'], coupon: ['userLimit'] },
    planOfField: { domain: 'premium', webhookEnableYn: 'enterprise' },
    ignoredHeaders: ['idempotency-key', 'prefer'],
    withheldHeaders: [
      'retry-after',
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
    ],
    demandsUserAgent: true,
    hasErrorDetails: false,
    // The envelope's `code` is "only sent with 2xx": what a caller can mend in the call is told in it.
    statusOfError: { INVALID_INPUT: 200, TOO_MANY_ATTEMPTS: 200 },
    hasErrorPages: true,
  },
}
