import { crc32 } from 'node:zlib'
import { expect, it } from 'vitest'
import { generateApiKey, hashApiKey, hintOf } from './api-key-text.ts'

it('a key is recognisable, carries a checksum, and no two are alike', () => {
  const keys = Array.from({ length: 1_000 }, generateApiKey)
  expect(new Set(keys).size).toBe(keys.length)
  for (const key of keys) {
    const [, body = '', checksum = ''] = /^(cgk_[0-9a-f]{40})([0-9a-f]{8})$/.exec(key) ?? []
    expect(Number.parseInt(checksum, 16)).toBe(crc32(body))
  }
})

it('a hint and a hash give nothing of the random part away but its first 16 bits', () => {
  const key = generateApiKey()
  expect(hintOf(key)).toBe(key.slice(0, 8))
  expect(hashApiKey(key)).toMatch(/^[0-9a-f]{64}$/)
  expect(hashApiKey(key)).not.toContain(key.slice(4, 12))
})
