import {
  field,
  type OperationSettings,
  operationFields,
  readSettings,
  toOperationSettings,
} from '@coupon-gateway/service'
import { z } from 'zod'
import { PROFILE_NAMES, type ProfileName } from './api-profile.ts'
import {
  DEFAULT_PLAN_LIMITS,
  PLAN_LIMITS_ALLOWED,
  type PlanLimits,
  parsePlanLimits,
} from './plans.ts'
import { type AllowedNetworks, parseNetwork } from './webhooks/address-rules.ts'

const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  API_PORT: field.port().default(4001),
  API_PROFILE: field.oneOf(PROFILE_NAMES).default('native'),
  DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  DATABASE_POOL_SIZE: field.integer(1, 1_000).default(10),
  DATA_DIR: field.text().default('.data'),
  DEMO: field.boolean().optional(),
  PLAN_LIMITS: z
    .string()
    .transform((text, context) => {
      const limits = parsePlanLimits(text)
      if (limits === undefined) context.addIssue({ code: 'custom', message: PLAN_LIMITS_ALLOWED })
      return limits ?? z.NEVER
    })
    .default(DEFAULT_PLAN_LIMITS),
  TRUSTED_PROXIES: field.addressRanges().default([]),
  MAX_CONNECTIONS: field.integer(1, 1_000_000).default(10_000),
  MAX_CONNECTIONS_PER_PEER: field.integer(1, 1_000_000).default(2_000),
  LOG_LEVEL: field.logLevel(),
  WEBHOOK_ALLOWED_NETWORKS: networks(),
  WEBHOOK_POLL_MS: field.integer(10, 60_000).default(500),
  WEBHOOK_TIMEOUT_MS: field.integer(100, 10_000).default(5_000),
  ...operationFields,
})

function networks() {
  const allowed = 'networks such as 10.0.0.0/8 or fd00::/8, with commas between'
  return z
    .string()
    .default('')
    .transform((text, issues): AllowedNetworks => {
      const names = text.split(',').filter((it) => it.trim() !== '')
      const parsed = names.map((it) => parseNetwork(it.trim())).filter((it) => it !== undefined)
      if (parsed.length < names.length) issues.addIssue({ code: 'custom', message: allowed })
      return parsed
    })
}

export interface ApiSettings {
  readonly host: string
  readonly port: number
  /** `hosted` cuts the service down to the contract. */
  readonly profile: ProfileName
  /** External PostgreSQL, or the embedded database in a folder of its own. */
  readonly database:
    | { readonly kind: 'postgres'; readonly url: string; readonly poolSize: number }
    | { readonly kind: 'pglite'; readonly dataDirectory: string }
  /** Load the demo accounts, keys and coupons. */
  readonly demo: boolean
  /** Windows of each plan, where its account has no agreement of its own. */
  readonly planLimits: PlanLimits
  /** Addresses or ranges of proxies that are believed when they say whom a request comes from. */
  readonly trustedProxies: readonly string[]
  /** Connections at once: in all, and of one address (of IPv6, of one /64) that is no trusted proxy. */
  readonly connections: { readonly max: number; readonly maxPerPeer: number }
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL']
  readonly webhooks: {
    /** Networks that webhooks may be sent to besides the public internet. */
    readonly allowedNetworks: AllowedNetworks
    /** How long to wait when there was nothing to deliver. */
    readonly pollMs: number
    /** How long a receiver has to answer. */
    readonly timeoutMs: number
  }
  /** How the process is watched, and how it stops. */
  readonly operation: OperationSettings
}

/**
 * Reads the service's settings from its environment.
 * @throws SettingsError naming each bad variable, its value and what is allowed
 */
export function readApiSettings(environment: NodeJS.ProcessEnv): ApiSettings {
  const settings = readSettings(schema, environment)
  const { DATABASE_URL: url } = settings
  return {
    host: settings.HOST,
    port: settings.API_PORT,
    profile: settings.API_PROFILE,
    database:
      url === undefined
        ? { kind: 'pglite', dataDirectory: settings.DATA_DIR }
        : { kind: 'postgres', url, poolSize: settings.DATABASE_POOL_SIZE },
    demo: settings.DEMO ?? url === undefined,
    planLimits: settings.PLAN_LIMITS,
    trustedProxies: settings.TRUSTED_PROXIES,
    connections: {
      max: settings.MAX_CONNECTIONS,
      maxPerPeer: settings.MAX_CONNECTIONS_PER_PEER,
    },
    logLevel: settings.LOG_LEVEL,
    webhooks: {
      allowedNetworks: settings.WEBHOOK_ALLOWED_NETWORKS,
      pollMs: settings.WEBHOOK_POLL_MS,
      timeoutMs: settings.WEBHOOK_TIMEOUT_MS,
    },
    operation: toOperationSettings(settings),
  }
}
