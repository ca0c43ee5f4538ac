import type { ErrorDetails } from './envelope.ts'
import type { ErrorSymbol } from './error-symbols.ts'
import type { Phrase } from './messages/texts.ts'

/** Ends a call with an error of the contract, from wherever it is noticed. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly symbol: ErrorSymbol
  readonly details: ErrorDetails

  constructor(symbol: ErrorSymbol, details: ErrorDetails = {}) {
    super(symbol)
    this.symbol = symbol
    this.details = details
  }
}

/** One thing wrong with an input. */
export interface InputProblem {
  readonly field: string
  readonly problem: Phrase
  readonly allowed: Phrase
}

export function invalidInput(problems: readonly InputProblem[]): ApiError {
  return new ApiError('INVALID_INPUT', { problems })
}
