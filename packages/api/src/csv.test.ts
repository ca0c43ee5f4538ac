import { expect, it } from 'vitest'
import { csvLine, unmarkFormula } from './csv.ts'

it('quotes every text, leaves numbers bare, and tells an empty text from none', () => {
  expect(csvLine(['a', 1, null, ''])).toBe('"a",1,,""\r\n')
})

it('keeps commas, quotes and ends of lines inside their cell', () => {
  expect(csvLine(['a,b', 'say "hi"', 'two\r\nlines'])).toBe('"a,b","say ""hi""","two\r\nlines"\r\n')
})

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1'])(
  'makes %j a text for spreadsheets',
  (formula) => {
    expect(csvLine([formula])).toBe(`"'${formula}"\r\n`)
  },
)

it('leaves a text alone that has a formula only further on', () => {
  expect(csvLine(['a=1', "it's", "'a"])).toBe('"a=1","it\'s","\'a"\r\n')
})

it.each(['=1', "'=1", "''=1", "'a", "it's", '', '1', '-'])('gives %j back unmarked', (text) => {
  const [, cell = ''] = csvLine([text]).match(/^"(.*)"/s) ?? []
  expect(unmarkFormula(cell)).toBe(text)
})
