import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonFault } from './json-fault.ts'

describe('findJsonFault', () => {
  it.each([
    ['a field given twice', '{"a":1,"b":{"a":2},"a":3}', 'a'],
    ['one of an object within', '{"x":[{"a":1},{"b":1,"b":2}]}', 'b'],
    ['one with an escape', '{"a":1,"\\u0061":2}', 'a'],
    ['one with a space before the colon', '{"a" :1,"a"\n:2}', 'a'],
    ['one after a text that looks like JSON', '{"t":"\\"}{\\"a\\":1","a":1,"a":2}', 'a'],
    ['the empty name', '{"":1,"":2}', ''],
  ])('finds %s', (_what, json, field) => {
    expect(findJsonFault(json)).toEqual({ kind: 'given-twice', field })
  })

  it.each([
    '9007199254740993123',
    '0.123456789012345678',
    '-1.00000000000000000001',
    '1e0'.padStart(30, '1'),
  ])('finds a number with more digits than a number keeps: %s', (number) => {
    expect(findJsonFault(`{"a":[1],"b":${number}}`)).toEqual({ kind: 'too-precise', field: 'b' })
  })

  it('finds nothing in what JSON.stringify made, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, spaces) => {
        expect(findJsonFault(JSON.stringify(value, null, spaces))).toBeUndefined()
      }),
    )
  })

  it('finds nothing in the longest way that a double is written', () => {
    expect(
      findJsonFault('{"a":[123456789012345680000,-1.2345678901234567e-7,100.00]}'),
    ).toBeUndefined()
  })

  it('finds nothing in a text that looks like fields, or like a long number', () => {
    const text = '"a":1,"a":2} 12345678901234567890'
    expect(findJsonFault(JSON.stringify({ a: text, b: [text, text] }))).toBeUndefined()
  })

  it('reads a text of the largest body at once', () => {
    const text = '\\\\'.repeat(16_000) + '"'.repeat(8_000)
    expect(findJsonFault(JSON.stringify({ a: text, b: text }))).toBeUndefined()
    expect(findJsonFault(`{"a":1${'0'.repeat(64_000)}1}`)).toMatchObject({ kind: 'too-precise' })
  })
})
