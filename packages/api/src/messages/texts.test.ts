import { describe, expect, it } from 'vitest'
import { ERROR_SYMBOLS } from '../error-symbols.ts'
import { en } from './en.ts'
import { ko } from './ko.ts'
import { LANGUAGES, TEXTS } from './texts.ts'

const HANGUL = /[가-힣]/

/** Where 7, 8, 9 will not do as arguments. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  'problems.is': ['7'],
  'problems.ofType': ['list'],
  'allowed.oneOf': [['7', '8']],
  'allowed.oneOfOrEmpty': [['7', '8']],
  'allowed.ofType': ['7'],
}
/** Has what the text of any rule needs. */
const PROBLEM = { given: 7, min: 7, max: 7, currency: '7', startsOn: '7', endsOn: '7' }

/** Every text, spelled out, by its path. */
function allTexts(texts: object, path = ''): [path: string, text: string][] {
  return Object.entries(texts).flatMap(([name, value]) => {
    const here = path === '' ? name : `${path}.${name}`
    if (typeof value === 'object') return allTexts(value, here)
    if (typeof value === 'string') return [[here, value] as [string, string]]
    const spelled = here.startsWith('rules.')
      ? value(PROBLEM)
      : [value(...(ARGUMENTS[here] ?? [7, 8, 9]))]
    return spelled.map((text: string, index: number) => [`${here}.${index}`, text])
  })
}

describe('the texts', () => {
  it('are there for every error, in each language', () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(TEXTS[language].errors).sort()).toEqual(Object.keys(ERROR_SYMBOLS).sort())
    }
  })

  it('are the same ones in both languages, and none is empty', () => {
    const english = allTexts(en)
    expect(
      allTexts(ko)
        .map(([path]) => path)
        .sort(),
    ).toEqual(english.map(([path]) => path).sort())
    expect(english.length).toBeGreaterThan(90)
    for (const [path, text] of english) expect(text, path).toMatch(/\w/)
  })

  it.each(allTexts(ko))(
    '%s is Korean in Korean, and tells what the English tells',
    (path, text) => {
      expect(text).toMatch(HANGUL)
      expect(text).not.toContain('undefined')
      const english = new Map(allTexts(en)).get(path) ?? ''
      expect(english).not.toMatch(HANGUL)
      // What stands for given values and names of fields is in both.
      const named = (it: string) => (it.match(/[789]|`[^`]+`/g) ?? []).sort()
      const numbers = (it: string) => [...new Set(named(it))]
      expect(numbers(text)).toEqual(numbers(english))
    },
  )
})
