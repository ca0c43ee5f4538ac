import { field, readSettings } from '@coupon-gateway/service'
import { z } from 'zod'
import { connectDesk } from './desk-environment.ts'
import { serviceUrl } from './service-url.ts'

/** Not 0, "any free port": the services and the screen must know the ports before they are taken. */
const port = () => field.integer(1, 65_535)

/** What the starter itself needs to know; every other variable is the services' own. */
const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  API_PORT: port().default(4001),
  GATEWAY_PORT: port().default(4000),
  DESK_PORT: port().default(4002),
  DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  DATA_DIR: field.text().default('.data'),
  DEMO: field.boolean().optional(),
  UPSTREAM_PROFILE: field.oneOf(['native', 'hosted']).default('native'),
  /** Set by who has a login of their own: the gateway takes its tokens then, and none of the desk. */
  JWKS_URL: field.text().optional(),
  LOG_LEVEL: field.logLevel('warn'),
  // Of the gateway: the api has the next one.
  METRICS_PORT: field.integer(1, 65_534).optional(),
})

export interface StackSettings {
  readonly apiUrl: string
  readonly gatewayUrl: string
  readonly deskUrl: string
  /** Where the coupons are, for people. */
  readonly database: string
  readonly demo: boolean
  readonly apiEnvironment: Readonly<Record<string, string>>
  readonly gatewayEnvironment: Readonly<Record<string, string>>
  readonly deskEnvironment: Readonly<Record<string, string>>
}

/** @throws SettingsError naming each bad variable, its value and what is allowed */
export function readStackSettings(environment: NodeJS.ProcessEnv): StackSettings {
  const {
    HOST,
    API_PORT,
    GATEWAY_PORT,
    DESK_PORT,
    DATABASE_URL,
    DATA_DIR,
    DEMO,
    UPSTREAM_PROFILE,
    JWKS_URL,
    LOG_LEVEL,
    METRICS_PORT,
  } = readSettings(schema, environment)
  const demo = DEMO ?? DATABASE_URL === undefined
  const shared = { HOST, LOG_LEVEL, DEMO: String(demo) }
  const gatewayUrl = serviceUrl(HOST, GATEWAY_PORT)
  const connected = connectDesk({
    host: HOST,
    port: DESK_PORT,
    gatewayUrl,
    givesTokens: demo && JWKS_URL === undefined,
  })
  return {
    apiUrl: serviceUrl(HOST, API_PORT),
    gatewayUrl,
    deskUrl: serviceUrl(HOST, DESK_PORT),
    database:
      DATABASE_URL === undefined ? `embedded, in ${DATA_DIR}` : 'PostgreSQL of DATABASE_URL',
    demo,
    // The api stands in for the hosted service then.
    apiEnvironment: {
      ...shared,
      API_PORT: String(API_PORT),
      API_PROFILE: UPSTREAM_PROFILE,
      ...(METRICS_PORT === undefined ? {} : { METRICS_PORT: String(METRICS_PORT + 1) }),
    },
    gatewayEnvironment: {
      ...shared,
      GATEWAY_PORT: String(GATEWAY_PORT),
      UPSTREAM_PROFILE,
      ...connected.gateway,
    },
    deskEnvironment: { ...shared, ...connected.desk },
  }
}
