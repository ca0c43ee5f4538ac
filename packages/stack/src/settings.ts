import { field, readSettings } from '@coupon-gateway/service'
import { z } from 'zod'
import { serviceUrl } from './service-url.ts'

/** Not 0, "any free port": the two services and the screen must know the ports before they are taken. */
const port = () => field.integer(1, 65_535)

/** What the starter itself needs to know; every other variable is the services' own. */
const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  API_PORT: port().default(4001),
  GATEWAY_PORT: port().default(4000),
  DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  DATA_DIR: field.text().default('.data'),
  DEMO: field.boolean().optional(),
  UPSTREAM_PROFILE: field.oneOf(['native', 'hosted']).default('native'),
  LOG_LEVEL: field.logLevel('warn'),
})

export interface StackSettings {
  readonly apiUrl: string
  readonly gatewayUrl: string
  /** Where the coupons are, for people. */
  readonly database: string
  readonly demo: boolean
  readonly apiEnvironment: Readonly<Record<string, string>>
  readonly gatewayEnvironment: Readonly<Record<string, string>>
}

/** @throws SettingsError naming each bad variable, its value and what is allowed */
export function readStackSettings(environment: NodeJS.ProcessEnv): StackSettings {
  const {
    HOST,
    API_PORT,
    GATEWAY_PORT,
    DATABASE_URL,
    DATA_DIR,
    DEMO,
    UPSTREAM_PROFILE,
    LOG_LEVEL,
  } = readSettings(schema, environment)
  const demo = DEMO ?? DATABASE_URL === undefined
  const shared = { HOST, LOG_LEVEL, DEMO: String(demo) }
  return {
    apiUrl: serviceUrl(HOST, API_PORT),
    gatewayUrl: serviceUrl(HOST, GATEWAY_PORT),
    database:
      DATABASE_URL === undefined ? `embedded, in ${DATA_DIR}` : 'PostgreSQL of DATABASE_URL',
    demo,
    // The api stands in for the hosted service then.
    apiEnvironment: { ...shared, API_PORT: String(API_PORT), API_PROFILE: UPSTREAM_PROFILE },
    gatewayEnvironment: { ...shared, GATEWAY_PORT: String(GATEWAY_PORT), UPSTREAM_PROFILE },
  }
}
