import { describe, expect, it } from 'vitest'
import { negotiateLanguage } from './language.ts'

describe('negotiateLanguage', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ko', 'ko'],
    ['KO-kr', 'ko'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['en;q=0.3, ko;q=0.7', 'ko'],
    ['fr, ko;q=0.1', 'ko'],
    ['*', 'en'],
    ['*, en;q=0', 'ko'],
    ['*;q=0.5, ko;q=0.4', 'en'],
    // None that there is: the default is better than no text.
    ['fr', 'en'],
    ['en;q=0', 'en'],
    [';;;q=x', 'en'],
  ])('%j is answered in %s', (acceptLanguage, language) => {
    expect(negotiateLanguage(acceptLanguage)).toBe(language)
  })
})
