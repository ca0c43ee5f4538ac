import Negotiator from 'negotiator'
import { afterEach, expect, it, vi } from 'vitest'
import { createAnswerTypes } from './answer-type.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

it('after a flood of made-up types, those of honest clients are read once again and then known', () => {
  const choose = createAnswerTypes()
  for (let n = 0; n < 1_000; n += 1) choose(`text/x-${n}`)
  const reading = vi.spyOn(Negotiator.prototype, 'mediaType')
  for (const _ of [1, 2, 3]) {
    expect(choose('application/graphql-response+json')).toMatch(/^application\/graphql-response/)
    expect(choose('text/html')).toBe(undefined)
  }
  expect(reading).toHaveBeenCalledTimes(2)
})
