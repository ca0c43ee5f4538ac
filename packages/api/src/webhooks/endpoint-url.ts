import { isIP } from 'node:net'
import { type AllowedNetworks, isAllowedAddress } from './address-rules.ts'

const MAX_URL_LENGTH = 2_000

/**
 * What stands against a URL as the endpoint of webhooks; undefined: nothing. Names are judged by the address that they
 * have when they are called.
 */
export function findUrlProblem(text: string, allowedNetworks: AllowedNetworks): string | undefined {
  if (!URL.canParse(text) || text.length > MAX_URL_LENGTH) {
    return `must be a URL of at most ${MAX_URL_LENGTH} characters`
  }
  const { protocol, hostname, username, password, hash } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must be without a user and a password'
  if (hash !== '') return 'must be without a part after #'
  const address = hostname.replace(/^\[|\]$/g, '')
  const isForbidden = isIP(address) !== 0 && !isAllowedAddress(address, protocol, allowedNetworks)
  return isForbidden
    ? `must be https:// and at a public address, or in WEBHOOK_ALLOWED_NETWORKS: ${address} is neither`
    : undefined
}
