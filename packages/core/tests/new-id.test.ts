import { validate, version } from 'uuid'
import { expect, it } from 'vitest'
import { newId } from '../src/new-id.ts'

it('ids are UUIDs of version 7 with the moment in front, all different, and sort as they were made', () => {
  const before = Date.now()
  const ids = Array.from({ length: 10_000 }, newId)
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
  const madeAt = Number.parseInt((ids[0] as string).replace('-', '').slice(0, 12), 16)
  expect(madeAt).toBeGreaterThanOrEqual(before)
  expect(madeAt).toBeLessThanOrEqual(Date.now())
})
