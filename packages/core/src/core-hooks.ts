/**
 * What a core tells of its inner life, for metrics. Each is called at the moment, in the way of the work: it should
 * be quick, and must not throw.
 */
export interface CoreHooks {
  /** A flush of redemptions and reservations has come to its end. */
  onFlush?(event: {
    /** Requests that shared its transaction. */
    readonly size: number
    readonly durationMs: number
    readonly outcome: 'decided' | 'failed'
  }): void
  /** Validations are about to be read by one statement. */
  onRead?(event: { readonly size: number }): void
}
