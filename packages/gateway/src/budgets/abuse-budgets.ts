/**
 * The budgets of what everybody can be: whoever opens a page has its publishable key, and whoever signs up has a
 * token. A secret or staff key is known to few, has its own budget, and falls to none of these.
 */
export interface AbuseBudgets {
  /** Whether what is past a budget is refused, only reported, or not even counted. */
  readonly mode: 'off' | 'measure' | 'enforce'
  /** Upstream calls of one address; a failed guess counts as 5. */
  readonly addressCallsPerMinute: number
  /** Requests of one address; one that is refused before it is run counts as 4. */
  readonly addressRequestsPerMinute: number
  /** Failed guesses at codes with the same first symbols, from wherever they come. */
  readonly prefixFailuresPerMinute: number
}
