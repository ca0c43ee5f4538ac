// The seam of the harness: the runner writes a plan, k6 carries it out and writes a history, the verifier judges
// both. Types only: k6 and Node read them.

/** What one run does, written by the runner for k6 and for the verifier. */
export interface Plan {
  readonly scenario: string
  readonly workload: string
  /** Decides what each attempt does; the same seed makes the same choices. */
  readonly seed: number
  /** Begins every idempotency key of this run, so that no two runs share one. 12 hex digits. */
  readonly runId: string
  readonly target: Endpoint
  readonly shape: LoadShape
  /** How often each write is sent, at once and with one key: 1, or more to see that repeats change nothing. */
  readonly repeats: number
  /** Schedule of faults that is carried out beside k6; null: none. */
  readonly chaos: string | null
  /**
   * Answers may get lost, because the workload itself takes something away or asks for more than there is. Then
   * k6, which cannot count what it was not told, leaves the counts to the verifier.
   */
  readonly toleratesUnknownAnswers: boolean
  readonly coupons: readonly PlannedCoupon[]
}

/** Where the load goes. */
export interface Endpoint {
  readonly protocol: 'graphql' | 'rest'
  /** Of GraphQL the endpoint, of REST the base URL, without a slash at its end. */
  readonly url: string
  /** Further ones of the same service, over which k6 spreads its calls too. */
  readonly replicas?: readonly string[]
  readonly key: string
}

/** How the attempts come. */
export type LoadShape =
  /** As fast as the answers come: every user makes his next attempt when the last was answered. */
  | { readonly kind: 'attempts'; readonly users: number; readonly attempts: number }
  /** By the clock, whether or not answers come. `users` is the most that may wait for one at a time. */
  | {
      readonly kind: 'rate'
      readonly users: number
      /** Attempts a second at the start. */
      readonly startRate: number
      readonly stages: readonly RateStage[]
      /** The rate grows until the target breaks: attempts that find no user free are then no fault. */
      readonly findsBreakingPoint: boolean
    }

/** The rate moves in a straight line to `rate` within the time; a time of 0 is a jump. */
export interface RateStage {
  readonly rate: number
  readonly durationMs: number
}

/** A coupon, and what is tried on it. */
export interface PlannedCoupon extends CouponLoad {
  readonly code: string
}

/** What is tried on one coupon. */
export interface CouponLoad {
  /** What it is there for, for people: `used up`, `ample`. Unique in a plan. */
  readonly role: string
  /** Its `useLimit`; 0: none. */
  readonly limit: number
  /** Its `userLimit`. */
  readonly userLimit: number
  /** Attempts aimed at it, each with keys of its own; null: as many as the time allows. */
  readonly attempts: number | null
  /** Where attempts come by the clock: its part of them, over the sum of all shares. */
  readonly share: number
  /**
   * Different users who try; null: each attempt has its own. With fewer of them than attempts, each tries several
   * times at once; with fewer than the limit, only the guard on users keeps it from being redeemed further.
   */
  readonly customers: number | null
  /** Grants that there must be in the end, no more and no fewer; null: the interleaving decides. */
  readonly expectedGrants: number | null
  /** What staff has to type; null: nothing. */
  readonly onsitePassword: string | null
  /** It is deleted and created anew, or its limit is raised, while it is redeemed. */
  readonly isManaged: boolean
  /** Redemptions that it gets before the load begins. The history has them, with `attempt` -1. */
  readonly redeemedBefore: number
}

export type Operation =
  | 'validate'
  | 'redeem'
  | 'reserve'
  | 'confirm'
  | 'release'
  | 'rollback'
  | 'create'
  | 'raise-limit'
  | 'delete'
  | 'list'
  | 'export'

/**
 * What one caller asked and was told, one line of the history. With its own fields it can be sent again. Several
 * entries with one key are one intention: it takes its effect once, after the first of them was called and before
 * the first that was granted or done returned. A rejection is a decision of its own each time.
 */
export interface HistoryEntry {
  /** Which attempt of the run it belongs to, from 0; -1: it prepared the load. One of several steps has several entries. */
  readonly attempt: number
  /** Its code. Guessed codes are not in the plan. */
  readonly coupon: string
  readonly operation: Operation
  readonly user: string | null
  /** Idempotency key; null for what only reads. */
  readonly key: string | null
  /** The redemption or reservation that confirm, release and rollback act on. */
  readonly redemptionId?: string
  /** What list goes on after: the end of the page before. */
  readonly after?: string
  /** What was typed for the on-site password. */
  readonly password?: string
  /** The `useLimit` that create and raise-limit ask for. */
  readonly limit?: number
  /** The `userLimit` that create asks for. */
  readonly userLimit?: number
  /** Milliseconds since 1970, by the clock of the machine that runs k6. */
  readonly calledAt: number
  readonly returnedAt: number
  readonly outcome: Outcome
}

/** What was told to somebody who was granted a redemption or a reservation. */
export type GrantedEntry = HistoryEntry & {
  readonly outcome: Extract<Outcome, { kind: 'granted' }>
}

export type Outcome =
  /** redeem, reserve: a unit was taken. */
  | {
      readonly kind: 'granted'
      readonly redemptionId: string
      readonly ordinal: number | null
      /** It was granted before, to the same key. */
      readonly replayed: boolean
      /** Of a reservation: when it ends by itself, in milliseconds since 1970 by the target's clock. */
      readonly expiresAt?: number
    }
  /** confirm, release, rollback, create, raise-limit, delete: it is as asked. */
  | { readonly kind: 'done'; readonly replayed: boolean }
  /** validate: what a redemption would have been answered at that moment. */
  | { readonly kind: 'validated'; readonly valid: boolean; readonly reason: string | null }
  /** list, export: redemptions in the answer, and what the next page goes on after; null: that was the last. */
  | {
      readonly kind: 'listed'
      readonly rows: number
      readonly next: string | null
      /** Of the redemptions, for whoever asked: the history goes without them. */
      readonly ids?: readonly string[]
    }
  /** A refusal by the rules, under the symbol that REST and GraphQL share. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It may or may not have had its effect, or was turned away for now: the same key finds out. */
  | { readonly kind: 'unsettled'; readonly why: string }
  /** An answer that this load must never get. */
  | { readonly kind: 'unexpected'; readonly answer: string }
