import { en, type Texts } from './en.ts'
import { ko } from './ko.ts'

/** Languages of the service; the first is the default. */
export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

export const TEXTS: Readonly<Record<Language, Texts>> = { en, ko }

/**
 * A text that is not yet in a language: `(texts) => texts.problems.missing`. Who notices a problem does not know in
 * which language it will be told.
 */
export type Phrase = (texts: Texts) => string
