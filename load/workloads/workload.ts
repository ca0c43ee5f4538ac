/** How much load, apart from what a user does. */
export interface Workload {
  readonly description: string
  /** Users at once; where attempts come by the clock, the most that may wait for an answer. */
  readonly users: number
  /** How long it takes by the clock, or takes about on a small machine. */
  readonly seconds: number
  readonly load: AsFastAsAnswersCome | ByTheClock
  /** How often each write is sent, at once and with one key. */
  readonly repeats: number
  /** Schedule of faults that is carried out beside it; null: none. */
  readonly chaos: string | null
  /**
   * Whether answers may get lost, because the workload itself takes something away or asks for more than there is.
   * Without it a single one fails the run. With it k6, which cannot count what it was not told, leaves the counts
   * to the verifier; what is still unknown after the replays fails the run either way.
   */
  readonly toleratesUnknownAnswers: boolean
}

/** Every user makes his next attempt when the last was answered, until all are made. */
export interface AsFastAsAnswersCome {
  readonly kind: 'attempts'
  readonly attempts: number
}

/** So many attempts a second, whether or not answers come. */
export interface ByTheClock {
  readonly kind: 'rate'
  readonly startRate: number
  /** Parts of the whole time; the rate moves in a straight line to that of the stage, or jumps in a part of 0. */
  readonly stages: readonly { readonly rate: number; readonly part: number }[]
  /** It grows until the target breaks, to find out where. */
  readonly findsBreakingPoint: boolean
}
