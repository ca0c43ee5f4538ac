import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** An address, or a range such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  const mostBits = family === 4 ? 32 : 128
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= mostBits)
}

/** Whether an address is one of these, or in one of these ranges, as {@link isAddressRange} takes them. */
export function createRangeCheck(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * Who one caller is, as far as an address tells: of IPv6 the first 64 bits, since whoever has one address of such a
 * network has all of them. What is no address, as a proxy may pass on whatever it was sent, is one caller together:
 * it must not become as many as somebody likes to make up.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return isIPv4(address) ? address : 'unknown'
  // As URLs spell it: one form for each address, an embedded IPv4 address as its last two groups.
  const { hostname } = new URL(`http://[${address.split('%', 1)[0]}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...front, ...Array(8 - front.length - back.length).fill('0'), ...back]
  const isEmbeddedIpv4 = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff'
  return isEmbeddedIpv4 ? groups.join(':') : `${groups.slice(0, 4).join(':')}::/64`
}
