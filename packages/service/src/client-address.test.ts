import { expect, it } from 'vitest'
import { z } from 'zod'
import { isAddressRange, networkOf } from './client-address.ts'
import { field, readSettings } from './settings.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['10.0.0.1, made up', 'unknown'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('callers over IPv4 are told apart on a socket that takes both', () => {
  expect(networkOf('::ffff:192.0.2.7')).not.toBe(networkOf('::ffff:192.0.2.8'))
})

it.each(['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1', '0.0.0.0/0'])('%s is a range', (text) => {
  expect(isAddressRange(text)).toBe(true)
})

it.each(['', 'loopback', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '1.2.3', 'fd00::/129'])(
  '%j is none, and stops the start',
  (text) => {
    expect(isAddressRange(text)).toBe(false)
    const schema = z.object({ TRUSTED_PROXIES: field.addressRanges() })
    expect(() => readSettings(schema, { TRUSTED_PROXIES: `127.0.0.1,${text}` })).toThrow(
      'TRUSTED_PROXIES must be a list of addresses or ranges',
    )
  },
)
