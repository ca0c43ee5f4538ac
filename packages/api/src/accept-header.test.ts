import { expect, it } from 'vitest'
import { chooseMediaType } from './accept-header.ts'

const OTHERS = ['text/csv', 'application/x-ndjson'] as const

it.each([
  [undefined, undefined],
  ['', undefined],
  ['*/*', undefined],
  ['application/xml', undefined],
  ['text/csv', 'text/csv'],
  ['Text/CSV; charset=utf-8', 'text/csv'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['text/csv, application/json', 'text/csv'],
  ['application/json, text/csv', undefined],
  ['application/json;q=0.5, text/csv;q=0.9', 'text/csv'],
  ['text/csv;q=0.5, */*', undefined],
  ['text/csv;q=0, application/x-ndjson;q=0.1', 'application/x-ndjson'],
  ['text/csv;q=many', undefined],
])('Accept: %s chooses %s, where undefined is JSON', (accept, chosen) => {
  expect(chooseMediaType(accept, OTHERS)).toBe(chosen)
})
