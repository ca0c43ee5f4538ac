import { field, readSettings } from '@coupon-gateway/service'
import { z } from 'zod'
import { PROFILE_NAMES, type ProfileName } from './api-profile.ts'

const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  API_PORT: field.port().default(4001),
  API_PROFILE: field.oneOf(PROFILE_NAMES).default('native'),
  DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  DATABASE_POOL_SIZE: field.integer(1, 1_000).default(10),
  DATA_DIR: field.text().default('.data'),
  DEMO: field.boolean().optional(),
  LOG_LEVEL: field.logLevel(),
})

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
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL']
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
    logLevel: settings.LOG_LEVEL,
  }
}
