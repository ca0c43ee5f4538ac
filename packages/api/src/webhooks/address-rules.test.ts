import { describe, expect, it } from 'vitest'
import { isAllowedAddress, parseNetwork } from './address-rules.ts'

const isAllowed = (address: string) => isAllowedAddress(address, 'https:', [])
const allowing = (network: string) => {
  const parsed = parseNetwork(network)
  return parsed === undefined ? [] : [parsed]
}

describe('isAllowedAddress', () => {
  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::127.0.0.1'],
    ['private', '10.0.0.1', '172.16.0.1', '192.168.1.1', 'fd12::1', '::ffff:10.0.0.1'],
    ['link-local and metadata', '169.254.169.254', 'fe80::1', '::ffff:a9fe:a9fe', 'fd00:ec2::254'],
    ["a carrier's, with a metadata service", '100.64.0.1', '100.100.100.200'],
    ['multicast and broadcast', '224.0.0.1', '255.255.255.255', 'ff02::1'],
    ['nobody', '0.0.0.0', '::', '0.1.2.3'],
    ['reserved', '240.0.0.1', '192.0.0.192', '198.18.0.1', '192.0.2.1', '2001:db8::1', '4000::1'],
    ['translated to IPv4', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', '2001::7f00:1'],
    ['site-local of old', 'fec0::1'],
    ['no address', '', 'localhost', '0x7f.1', '127.1', '1'],
  ])('refuses %s', (_what, ...addresses) => {
    expect(addresses.filter(isAllowed)).toEqual([])
  })

  it('allows the public internet, encrypted', () => {
    const addresses = ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8']
    expect(addresses.filter(isAllowed)).toEqual(addresses)
    expect(addresses.filter((it) => isAllowedAddress(it, 'http:', []))).toEqual([])
  })

  it('allows the networks of the setting, and nothing beside them', () => {
    const networks = allowing('10.1.0.0/16')
    const allows = (address: string) => isAllowedAddress(address, 'http:', networks)
    expect(['10.1.2.3', '::ffff:10.1.2.3'].map(allows)).toEqual([true, true])
    expect(['10.2.0.1', '127.0.0.1', '::1'].map(allows)).toEqual([false, false, false])
    expect(isAllowedAddress('fd00::7', 'http:', allowing('fd00::/8'))).toBe(true)
  })
})

it.each(['10.0.0.0', '10.0.0.0/33', 'example.com/8', ''])('%s is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined()
})
