/** What can be killed. */
export type Part = 'gateway' | 'api' | 'database'

/** A connection that the bytes of a run travel: from k6 to the target, gateway to api, api to PostgreSQL. */
export type Link = 'callers' | 'upstream' | 'database'

/**
 * What befalls a run at one moment. Clocks are never touched: what is granted is bound by the database's, and a test
 * of other clocks belongs to the core.
 */
export type Fault =
  /** SIGKILL, of PostgreSQL a shutdown without a checkpoint; it is started again after `downMs`. */
  | { readonly kind: 'kill'; readonly part: Part; readonly downMs: number }
  /** Every connection of the link is reset; what was under way on them may or may not have arrived. */
  | { readonly kind: 'reset'; readonly link: Link }
  /** Every byte, in both directions, takes `delayMs` longer. */
  | {
      readonly kind: 'delay'
      readonly link: Link
      readonly delayMs: number
      readonly durationMs: number
    }
  /** Requests arrive and are carried out; answers do not come back, and in the end the connections are reset. */
  | { readonly kind: 'lose-answers'; readonly link: Link; readonly durationMs: number }

/** A fault, and when it begins, counted from the first attempt. */
export interface ScheduledFault {
  readonly atMs: number
  readonly fault: Fault
}

/** One line for people. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill the ${fault.part}, start it again after ${fault.downMs} ms`
    case 'reset':
      return `reset the connections of the ${fault.link} link`
    case 'delay':
      return `delay the ${fault.link} link by ${fault.delayMs} ms, for ${fault.durationMs} ms`
    case 'lose-answers':
      return `lose the answers on the ${fault.link} link, for ${fault.durationMs} ms`
    default:
      throw new Error(`unknown fault ${fault satisfies never}`)
  }
}
