import type { Texts } from './en.ts'
import type { Phrase } from './texts.ts'

/**
 * Says for people what a field may hold, beside the schema that demands it:
 * `Type.String({ maxLength: 9, allowed: allowed((it) => it.text(9)) })`.
 */
export const allowed =
  (what: (allowed: Texts['allowed']) => string): Phrase =>
  (texts) =>
    what(texts.allowed)

/** The validator's keyword for it: a text in one language only stops the start. */
export const ALLOWED_KEYWORD = {
  keyword: 'allowed',
  macro(phrase: unknown) {
    if (typeof phrase !== 'function') {
      throw new TypeError(`\`allowed\` of a schema must be a phrase, got ${JSON.stringify(phrase)}`)
    }
    return {}
  },
}
