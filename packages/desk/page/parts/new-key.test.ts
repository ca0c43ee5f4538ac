import { expect, it } from 'vitest'
import { newKey } from './new-key.ts'

it('a key is as the contract wants it, and another one each time', () => {
  const keys = Array.from({ length: 1_000 }, newKey)
  expect(new Set(keys).size).toBe(1_000)
  for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{8,64}$/)
})
