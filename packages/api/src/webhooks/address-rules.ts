import ipaddr from 'ipaddr.js'

/** Networks that may be called besides the public internet. */
export type AllowedNetworks = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[]

/**
 * Reads networks as `10.0.0.0/8` or `fd00::/8`.
 * @returns undefined when the text is no network
 */
export function parseNetwork(text: string): AllowedNetworks[number] | undefined {
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined
}

/** What IANA has given out for the internet; `unicast` alone also holds what is kept for later. */
const IPV6_INTERNET = ipaddr.parseCIDR('2000::/3')

/**
 * Whether webhooks may be sent to an address. Public addresses are: not loopback, private, link-local (metadata
 * services are there), shared by a carrier (CGNAT), multicast, reserved, or an IPv6 form that carries or is translated
 * to an IPv4 address. An IPv4 address written as an IPv6 one is judged as IPv4. What is not encrypted may not cross the
 * internet, so that `http:` is left with the allowed networks.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isAllowedAddress(
  address: string,
  protocol: string,
  allowedNetworks: AllowedNetworks,
): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (allowedNetworks.some((network) => isIn(parsed, network))) return true
  return protocol === 'https:' && isPublic(parsed)
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return (
    address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, IPV6_INTERNET))
  )
}

function isIn(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  [network, bits]: AllowedNetworks[number],
): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}
