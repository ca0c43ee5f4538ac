import type { Database } from '@coupon-gateway/database'
import type { RateLimits } from './budget/rate-limits.ts'
import { type Clock, MAX_TIMER_MS, systemClock } from './clock.ts'
import { type ClientHooks, guardHooks } from './hooks.ts'
import {
  type JournalOptions,
  type ResolvedJournalOptions,
  resolveJournalOptions,
} from './journal/journal-options.ts'
import { REDEEM_REJECTIONS, type RedeemRejection } from './redeem.ts'
import type { OpenTransport } from './transport.ts'
import { openUndiciTransport } from './undici-transport.ts'
import type { UpstreamProfile } from './upstream-profile.ts'

export interface UpstreamClientOptions {
  /** Base URLs of the upstream, http or https. Calls are spread over them in turn, and a retry goes to the next one. */
  readonly urls: readonly string[]
  /** Sent in `Authorization: APIKey …`; never in a message. */
  readonly apiKey: string
  /**
   * `native` is our own api. `hosted` is the service that the contract comes from: it knows no idempotency
   * keys, so a write that may have been sent is never sent again.
   */
  readonly profile: UpstreamProfile
  /**
   * Hosted only. With it a redemption happens once for its key, as on a native upstream; without it, a repeat
   * after OUTCOME_UNKNOWN may have its effect twice.
   */
  readonly journal?: JournalOptions
  /**
   * What the hosted service's undocumented numbers mean, by envelope code, as far as the operator has learned it:
   * `{ 1234: 'EXPIRED' }`. Default none.
   */
  readonly hostedReasons?: Readonly<Record<number, RedeemRejection>>
  /** Most attempts in flight at a time in this process, over all URLs: 1 to 10,000, default 64. */
  readonly concurrency?: number
  /** Most calls that wait for a slot, 0 to 1,000,000, default 10,000; one more fails with OVERLOADED at once. */
  readonly maxQueued?: number
  /** Longest time of one attempt, connecting included, default 5,000. Not of the call: see `deadlineMs`. */
  readonly attemptTimeoutMs?: number
  /** Longest time of a call with all its waiting and retries, default 12,000. A call's own option replaces it. */
  readonly deadlineMs?: number
  /** Most attempts of a call, the first included: 1 to 20, default 4. */
  readonly maxAttempts?: number
  /**
   * How many calls the plan of the API key allows, over all processes that use it: none of them is sent past it.
   * Each limit from 1 to 1,000,000,000, or null. Default null: no limits but those that the upstream shows by 429.
   */
  readonly rateLimits?: RateLimits | null
  /**
   * Where the processes that use one API key share its budget. Without one, this process takes the whole budget
   * for itself. Default the journal's. Its tables are made when they are missing; closing the client leaves it open.
   */
  readonly database?: Database | null
  /**
   * Among how many processes the budget is divided while the database cannot be reached, if it did not show
   * more: 1 to 10,000, default 3.
   */
  readonly expectedProcesses?: number
  /** Part of each window that reads leave to writes, from 0 to 0.9, default 0.2. */
  readonly writeShare?: number
  /**
   * How long a code that the upstream does not know is answered for from memory: 0 to 60,000 milliseconds, default
   * 1,000. A coupon that another process creates meanwhile is not found for so long.
   */
  readonly unknownCodeTtlMs?: number
  /** Told of what happens inside, for metrics and tracing. */
  readonly hooks?: ClientHooks
  /** Default `coupon-gateway-client`. The hosted service refuses calls without one. */
  readonly userAgent?: string
  /** For tests; default the system's. */
  readonly clock?: Clock
  /** Uniform in [0, 1), for the jitter of pauses; default `Math.random`. */
  readonly random?: () => number
  /** For tests; default undici's connection pool. Called once for each URL. */
  readonly openTransport?: OpenTransport
}

export type ResolvedOptions = Omit<Required<UpstreamClientOptions>, 'urls' | 'journal'> & {
  readonly urls: readonly URL[]
  readonly journal: ResolvedJournalOptions | null
}

const HEADER_VALUE = /^[\x20-\x7e]+$/

/**
 * Checks the options and fills in what was left out.
 *
 * @throws RangeError names the option, what is allowed and, where it is no secret, the value
 */
export function resolveOptions(options: UpstreamClientOptions): ResolvedOptions {
  const concurrency = integer('concurrency', options.concurrency ?? 64, 1, 10_000)
  const attemptTimeoutMs = integer(
    'attemptTimeoutMs',
    options.attemptTimeoutMs ?? 5_000,
    1,
    MAX_TIMER_MS,
  )
  const { profile, apiKey, userAgent = 'coupon-gateway-client' } = options
  // An empty list of URLs would otherwise show at the first call only.
  demand(options.urls.length > 0, '`urls` must hold at least one URL')
  demand(HEADER_VALUE.test(apiKey), '`apiKey` must be a text of visible ASCII characters')
  demand(HEADER_VALUE.test(userAgent), '`userAgent` must be a text of visible ASCII characters')
  demand(
    profile === 'native' || profile === 'hosted',
    `\`profile\` must be native or hosted, got ${profile}`,
  )
  demand(
    options.journal === undefined || profile === 'hosted',
    '`journal` is for the hosted profile: a native upstream keeps the keys itself',
  )
  for (const [code, reason] of Object.entries(options.hostedReasons ?? {})) {
    demand(
      REDEEM_REJECTIONS.includes(reason),
      `\`hostedReasons[${code}]\` must be one of ${REDEEM_REJECTIONS.join(', ')}, got ${reason}`,
    )
  }
  return {
    urls: options.urls.map(baseUrl),
    apiKey,
    profile,
    journal: options.journal === undefined ? null : resolveJournalOptions(options.journal),
    hostedReasons: options.hostedReasons ?? {},
    concurrency,
    maxQueued: integer('maxQueued', options.maxQueued ?? 10_000, 0, 1_000_000),
    attemptTimeoutMs,
    deadlineMs: integer('deadlineMs', options.deadlineMs ?? 12_000, 1, MAX_TIMER_MS),
    maxAttempts: integer('maxAttempts', options.maxAttempts ?? 4, 1, 20),
    rateLimits: options.rateLimits == null ? null : checkRateLimits(options.rateLimits),
    database: options.database ?? options.journal?.database ?? null,
    expectedProcesses: integer('expectedProcesses', options.expectedProcesses ?? 3, 1, 10_000),
    writeShare: share('writeShare', options.writeShare ?? 0.2, 0.9),
    unknownCodeTtlMs: integer('unknownCodeTtlMs', options.unknownCodeTtlMs ?? 1_000, 0, 60_000),
    hooks: guardHooks(options.hooks ?? {}),
    userAgent,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    openTransport:
      options.openTransport ??
      ((url) =>
        openUndiciTransport(url, {
          connections: concurrency,
          connectTimeoutMs: attemptTimeoutMs,
        })),
  }
}

function integer(name: string, value: number, min: number, max: number): number {
  demand(
    Number.isInteger(value) && value >= min && value <= max,
    `\`${name}\` must be an integer from ${min} to ${max}, got ${value}`,
  )
  return value
}

function share(name: string, value: number, max: number): number {
  demand(value >= 0 && value <= max, `\`${name}\` must be a number from 0 to ${max}, got ${value}`)
  return value
}

function checkRateLimits({ perMinute, perHour, perDay }: RateLimits): RateLimits {
  const limits = { perMinute, perHour, perDay }
  for (const [name, limit] of Object.entries(limits)) {
    if (limit !== null) integer(`rateLimits.${name}`, limit, 1, 1_000_000_000)
  }
  return limits
}

/** The URL is not repeated in the message: it may hold a password, and names a host. */
function baseUrl(text: string, index: number): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  demand(
    url !== null &&
      /^https?:$/.test(url.protocol) &&
      `${url.username}${url.password}${url.search}${url.hash}` === '',
    `\`urls[${index}]\` must be an http or https URL without user, query and fragment`,
  )
  return url
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RangeError(message)
}
