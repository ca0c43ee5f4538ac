import { join } from 'node:path'
import {
  type JournalPlace,
  PLAN_RATE_LIMITS,
  type RateLimits,
  type RedeemRejection,
} from '@coupon-gateway/client'
import {
  field,
  type OperationSettings,
  operationFields,
  readSettings,
  SettingsError,
  toOperationSettings,
} from '@coupon-gateway/service'
import { z } from 'zod'
import type { AbuseBudgets } from './budgets/abuse-budgets.ts'
import { hostedReasons } from './hosted-reasons.ts'
import { type TokenSettings, tokenFields, toTokenSettings } from './tokens/token-settings.ts'
import { TRUST_MODES, type TrustMode } from './trusted-documents/trust-mode.ts'
import { upstreamRateLimits } from './upstream-rate-limits.ts'
import { requireSharedPlaces } from './worker-share.ts'

/** Past ten minutes nobody waits for an answer any more, and a stop waits for no request so long. */
const MAX_WAIT_MS = 600_000

/** Past this there is no machine for them. */
const MAX_WORKERS = 256

const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  GATEWAY_PORT: field.port().default(4000),
  UPSTREAM_URL: z
    .string()
    .default('http://127.0.0.1:4001')
    .transform((list) => list.split(',').map((url) => url.trim()))
    .refine(
      (urls) => urls.every(isUpstreamUrl),
      'one or several URLs that start with http:// or https://, without user, query and fragment, separated by commas',
    ),
  UPSTREAM_API_KEY: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'a text of visible ASCII characters')
    .optional(),
  UPSTREAM_PROFILE: field.oneOf(['native', 'hosted']).default('native'),
  UPSTREAM_RATE_LIMITS: upstreamRateLimits().optional(),
  UPSTREAM_PROCESSES: field.integer(1, 10_000).default(3),
  UPSTREAM_CONCURRENCY: field.integer(1, 10_000).default(256),
  UPSTREAM_DEADLINE_MS: field.integer(1, MAX_WAIT_MS).default(12_000),
  UPSTREAM_ATTEMPT_TIMEOUT_MS: field.integer(1, MAX_WAIT_MS).default(5_000),
  JOURNAL_DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  JOURNAL_OTHER_WRITERS: field.boolean().default(false),
  JOURNAL_SETTLE_DELAY_MS: field.integer(1, 86_400_000).default(120_000),
  HOSTED_REASONS: hostedReasons(),
  TRUSTED_PROXIES: field.addressRanges().default([]),
  MAX_CONNECTIONS: field.integer(1, 1_000_000).default(10_000),
  MAX_CONNECTIONS_PER_PEER: field.integer(1, 1_000_000).default(2_000),
  OPERATION_LIMITS: field.oneOf(['measure', 'enforce']).default('enforce'),
  ABUSE_BUDGETS: field.oneOf(['off', 'measure', 'enforce']).default('enforce'),
  ADDRESS_CALLS_PER_MINUTE: field.integer(1, 1_000_000_000).default(600),
  ADDRESS_REQUESTS_PER_MINUTE: field.integer(1, 1_000_000_000).default(3_000),
  PREFIX_FAILURES_PER_MINUTE: field.integer(1, 1_000_000_000).default(300),
  DATA_DIR: field.text().default('.data'),
  GATEWAY_KEYS_FILE: field.text().optional(),
  ...tokenFields,
  TRUSTED_DOCUMENTS: field.oneOf(TRUST_MODES).default('off'),
  TRUSTED_DOCUMENTS_FILE: field.text().optional(),
  DATABASE_URL: field.text().optional(),
  DEMO: field.boolean().optional(),
  NODE_ENV: field.oneOf(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: field.logLevel(),
  GATEWAY_WORKERS: field.integer(1, MAX_WORKERS).default(1),
  ...operationFields,
})

type Variables = z.output<typeof schema>

export interface GatewaySettings {
  readonly host: string
  readonly port: number
  readonly upstream: {
    readonly urls: readonly string[]
    readonly apiKey: string
    readonly profile: 'native' | 'hosted'
    readonly concurrency: number
    /** Longest time of a call with all its waiting and retries. */
    readonly deadlineMs: number
    /** Longest time of one attempt of it. */
    readonly attemptTimeoutMs: number
    /** What the plan of the key allows, over all gateways. */
    readonly rateLimits: RateLimits | null
    /** Gateways that share it, for as long as their database cannot be reached. */
    readonly expectedProcesses: number
    /** What numbers of a hosted upstream mean, as far as the operator knows. */
    readonly hostedReasons: Readonly<Record<number, RedeemRejection>>
  }
  /** Where gateways share the budget of the upstream's key, when there is no journal to share it in. */
  readonly budgetPlace: JournalPlace | null
  /** Where redemptions on a hosted upstream are written down. Null: the upstream keeps the keys itself. */
  readonly journal: {
    readonly place: JournalPlace
    /** See `JournalOptions` of the client, and the next one too. */
    readonly otherWriters: boolean
    readonly settleDelayMs: number
  } | null
  /** Addresses or ranges of proxies that are believed about whom a request comes from. */
  readonly trustedProxies: readonly string[]
  /** Connections at once, in all and of one peer. */
  readonly connections: { readonly max: number; readonly maxPerPeer: number }
  readonly abuseBudgets: AbuseBudgets
  /** Whether an operation past its limits is refused, or only reported. */
  readonly operationLimits: 'measure' | 'enforce'
  /** Accept the demo keys. */
  readonly demo: boolean
  /** JSON file with the keys of this gateway. */
  readonly keysFile: string | undefined
  /** How tokens of an own frontend are judged; null when only keys are taken. */
  readonly tokens: TokenSettings | null
  readonly trustedDocuments: {
    readonly mode: TrustMode
    /** Manifest with the documents of own frontends, besides those that are published. */
    readonly file: string | undefined
  }
  /** No introspection, no playground, no schema details in errors. */
  readonly production: boolean
  readonly logLevel: Variables['LOG_LEVEL']
  /** Processes that serve together on one port. Budgets of callers are divided among them. */
  readonly workers: number
  /** How the process is watched, and how it stops. */
  readonly operation: OperationSettings
}

/** The key of the demo's own upstream. */
const DEMO_UPSTREAM_KEY = 'demo_personal_key'

const HINT = 'with DEMO=true the keys of the demo, which everybody knows, are accepted'

/**
 * Reads the service's settings from its environment.
 * @throws SettingsError naming each bad variable, its value and what is allowed
 */
export function readGatewaySettings(environment: NodeJS.ProcessEnv): GatewaySettings {
  const settings = readSettings(schema, environment)
  const demo = settings.DEMO ?? !isDeployed(settings)
  const apiKey = settings.UPSTREAM_API_KEY ?? (demo ? DEMO_UPSTREAM_KEY : undefined)
  if (apiKey === undefined) {
    throw new SettingsError(
      `UPSTREAM_API_KEY must be the key of the coupon REST API, got nothing; ${HINT}`,
    )
  }
  const tokens = toTokenSettings(settings)
  if (!demo && settings.GATEWAY_KEYS_FILE === undefined && tokens === null) {
    throw new SettingsError(
      `GATEWAY_KEYS_FILE must be the path of a JSON file with the keys of this gateway, got nothing; ${HINT}`,
    )
  }
  const { JOURNAL_DATABASE_URL: sharedUrl, UPSTREAM_RATE_LIMITS } = settings
  // Our own api bounds its load itself; in front of the hosted one, a key without a plan known to us has this one.
  const usual = settings.UPSTREAM_PROFILE === 'hosted' ? PLAN_RATE_LIMITS.personal : null
  const rateLimits = UPSTREAM_RATE_LIMITS === undefined ? usual : UPSTREAM_RATE_LIMITS
  const read: GatewaySettings = {
    host: settings.HOST,
    port: settings.GATEWAY_PORT,
    upstream: {
      urls: settings.UPSTREAM_URL,
      apiKey,
      profile: settings.UPSTREAM_PROFILE,
      concurrency: settings.UPSTREAM_CONCURRENCY,
      deadlineMs: settings.UPSTREAM_DEADLINE_MS,
      attemptTimeoutMs: settings.UPSTREAM_ATTEMPT_TIMEOUT_MS,
      hostedReasons: settings.HOSTED_REASONS,
      rateLimits,
      expectedProcesses: settings.UPSTREAM_PROCESSES,
    },
    budgetPlace:
      settings.UPSTREAM_PROFILE === 'hosted' || rateLimits === null || sharedUrl === undefined
        ? null
        : { url: sharedUrl },
    journal:
      settings.UPSTREAM_PROFILE === 'native'
        ? null
        : {
            place:
              sharedUrl === undefined
                ? { dataDirectory: join(settings.DATA_DIR, 'journal') }
                : { url: sharedUrl },
            otherWriters: settings.JOURNAL_OTHER_WRITERS,
            settleDelayMs: settings.JOURNAL_SETTLE_DELAY_MS,
          },
    trustedProxies: settings.TRUSTED_PROXIES,
    connections: {
      max: settings.MAX_CONNECTIONS,
      maxPerPeer: settings.MAX_CONNECTIONS_PER_PEER,
    },
    operationLimits: settings.OPERATION_LIMITS,
    abuseBudgets: {
      mode: settings.ABUSE_BUDGETS,
      addressCallsPerMinute: settings.ADDRESS_CALLS_PER_MINUTE,
      addressRequestsPerMinute: settings.ADDRESS_REQUESTS_PER_MINUTE,
      prefixFailuresPerMinute: settings.PREFIX_FAILURES_PER_MINUTE,
    },
    demo,
    keysFile: settings.GATEWAY_KEYS_FILE,
    tokens,
    trustedDocuments: {
      mode: settings.TRUSTED_DOCUMENTS,
      file: settings.TRUSTED_DOCUMENTS_FILE,
    },
    production: settings.NODE_ENV === 'production',
    logLevel: settings.LOG_LEVEL,
    workers: settings.GATEWAY_WORKERS,
    operation: toOperationSettings(settings),
  }
  requireSharedPlaces(read)
  return read
}

/**
 * Whether anything says that this gateway serves more than a demo: everybody knows the demo's keys, so there
 * they have to be asked for. `DATABASE_URL` is the api's, and counts since the two may share an environment.
 */
function isDeployed(settings: Variables): boolean {
  const {
    DATABASE_URL,
    GATEWAY_KEYS_FILE,
    JWKS_URL,
    NODE_ENV,
    UPSTREAM_API_KEY,
    UPSTREAM_PROFILE,
  } = settings
  return (
    NODE_ENV === 'production' ||
    UPSTREAM_PROFILE === 'hosted' ||
    [DATABASE_URL, GATEWAY_KEYS_FILE, JWKS_URL, UPSTREAM_API_KEY].some((it) => it !== undefined)
  )
}

function isUpstreamUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  )
}
