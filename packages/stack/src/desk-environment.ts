import { serviceUrl } from './service-url.ts'

/** Who the tokens of the desk's customers are for. */
const TOKEN_AUDIENCE = 'coupon-gateway'

type Environment = Readonly<Record<string, string>>

export interface DeskPlace {
  readonly host: string
  readonly port: number
  readonly gatewayUrl: string
  /** Whether the desk may give customers whom nobody knows tokens for the gateway: in the demo. */
  readonly givesTokens: boolean
}

/**
 * What the desk and the gateway have to know of each other: where the gateway is, and by whose signature it knows the
 * tokens of the desk's customers.
 */
export function connectDesk({ host, port, gatewayUrl, givesTokens }: DeskPlace): {
  readonly desk: Environment
  readonly gateway: Environment
} {
  const keySetHost = keySetHostOf(host)
  const desk = { DESK_PORT: String(port), GATEWAY_URL: gatewayUrl }
  if (!givesTokens || keySetHost === null) {
    return { desk: { ...desk, DEMO: 'false' }, gateway: {} }
  }
  const issuer = serviceUrl(host, port)
  const tokens = { JWT_ISSUER: issuer, JWT_AUDIENCE: TOKEN_AUDIENCE }
  return {
    desk: { ...desk, DEMO: 'true', ...tokens },
    gateway: {
      ...tokens,
      JWKS_URL: `${serviceUrl(keySetHost, port)}/jwks.json`,
      // Listening everywhere, it is opened by names that nobody knows here.
      ...(isWildcard(host) ? {} : { JWT_ORIGINS: `${issuer},${serviceUrl('localhost', port)}` }),
    },
  }
}

/** The gateway reads keys without encryption from this machine alone. */
function keySetHostOf(host: string): string | null {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '::1'
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host) ? host : null
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
