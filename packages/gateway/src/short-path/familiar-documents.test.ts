import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createFamiliarDocuments } from './familiar-documents.ts'

function noticeOften(text: string, take = () => true) {
  const familiar = createFamiliarDocuments(take)
  for (let time = 0; time < 5; time += 1) familiar.notice(text, parse(text))
  return familiar
}

it('a document is familiar from the third time on', () => {
  const familiar = createFamiliarDocuments(() => true)
  for (const isKnown of [false, false, true]) {
    familiar.notice('{ a }', parse('{ a }'))
    expect(familiar.find('{ a }') !== undefined).toBe(isKnown)
  }
  expect(familiar.find('{ a }')).toMatchObject({ operationName: null, isQuery: true })
})

it('what is no text, or another text, is nothing that is familiar', () => {
  const familiar = noticeOften('{ a }')
  for (const other of ['{ a } ', '', null, undefined, 5, ['{ a }']]) {
    expect(familiar.find(other)).toBe(undefined)
  }
})

it('a document of two operations, and one that may not be run so, never become familiar', () => {
  const two = 'query A { a } query B { a }'
  expect(noticeOften(two).find(two)).toBe(undefined)
  expect(noticeOften('{ a }', () => false).find('{ a }')).toBe(undefined)
})

it('a flood of documents pushes out the familiar ones that nobody asks for, and no others', () => {
  const familiar = createFamiliarDocuments(() => true)
  const make = (n: number) => `{ a${n} }${' '.repeat(20_000)}`
  for (let n = 0; n < 50; n += 1) {
    for (let time = 0; time < 3; time += 1) familiar.notice(make(n), parse(make(n)))
    familiar.find(make(0))
  }
  const kept = Array.from({ length: 50 }, (_, n) => n).filter((n) => familiar.find(make(n)))
  // 20,000 characters each, of which 256 Ki are kept.
  expect(kept).toHaveLength(13)
  expect(kept).toEqual(expect.arrayContaining([0, 49]))
})
