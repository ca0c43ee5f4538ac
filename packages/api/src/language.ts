import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { LANGUAGES, type Language } from './messages/texts.ts'

const [DEFAULT_LANGUAGE] = LANGUAGES

/**
 * The language that a caller understands best, by his weights and wildcards; the default where he wants none that
 * there is, since an answer in another language is better than none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return DEFAULT_LANGUAGE
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } })
  const language = negotiator.language([...LANGUAGES])
  return LANGUAGES.find((it) => it === language) ?? DEFAULT_LANGUAGE
}

/** Language of the answer to a request. */
export function languageOf({ headers }: FastifyRequest): Language {
  return negotiateLanguage(headers['accept-language'])
}

/** Step of the coupon calls, whose answers have texts of a language. */
export function nameLanguage(request: FastifyRequest, reply: FastifyReply): void {
  setLanguageHeaders(reply, languageOf(request))
}

export function setLanguageHeaders(reply: FastifyReply, language: Language): void {
  reply.headers({ 'Content-Language': language, Vary: 'Accept-Language' })
}
