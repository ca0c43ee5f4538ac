import { field, readSettings } from '@coupon-gateway/service'
import { z } from 'zod'

const schema = z.object({
  HOST: field.text().default('127.0.0.1'),
  DESK_PORT: field.port().default(4002),
  GATEWAY_URL: field.url(['http:', 'https:']).default('http://127.0.0.1:4000'),
  JWT_ISSUER: field.text().optional(),
  JWT_AUDIENCE: field.text().default('coupon-gateway'),
  DEMO: field.boolean().optional(),
  NODE_ENV: field.oneOf(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: field.logLevel(),
})

export interface DeskSettings {
  readonly host: string
  readonly port: number
  /** The gateway as browsers reach it, without a path. */
  readonly gatewayUrl: string
  /**
   * How the tokens of the checkout are signed; null without the demo: whoever opens the page gets one, as a customer
   * whom nobody knows.
   */
  readonly tokens: { readonly issuer: string; readonly audience: string } | null
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL']
}

/**
 * Reads the service's settings from its environment.
 * @throws SettingsError naming each bad variable, its value and what is allowed
 */
export function readDeskSettings(environment: NodeJS.ProcessEnv): DeskSettings {
  const settings = readSettings(schema, environment)
  const { HOST, DESK_PORT, JWT_ISSUER, JWT_AUDIENCE } = settings
  const demo = settings.DEMO ?? settings.NODE_ENV !== 'production'
  const issuer = JWT_ISSUER ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${DESK_PORT}`
  return {
    host: HOST,
    port: DESK_PORT,
    gatewayUrl: new URL(settings.GATEWAY_URL).origin,
    tokens: demo ? { issuer, audience: JWT_AUDIENCE } : null,
    logLevel: settings.LOG_LEVEL,
  }
}
