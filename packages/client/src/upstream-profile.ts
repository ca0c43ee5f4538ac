/** Which upstream answers: `native` is our own api, `hosted` the service that the contract comes from. */
export type UpstreamProfile = 'native' | 'hosted'

/** What an upstream has beyond the contract. */
export interface UpstreamAbilities {
  /** Carries out a write at most once for its `Idempotency-Key`, so that a lost answer can be asked for again. */
  readonly keepsIdempotencyKeys: boolean
  /** `validate` takes a user. */
  readonly validatesForUser: boolean
}

export const ABILITIES: Readonly<Record<UpstreamProfile, UpstreamAbilities>> = {
  native: { keepsIdempotencyKeys: true, validatesForUser: true },
  hosted: { keepsIdempotencyKeys: false, validatesForUser: false },
}
