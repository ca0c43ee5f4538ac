/** What one round found out: what callers were told, and what the log has in the end. */
export interface CrashObservation {
  readonly limit: number
  /** By key: the redemption that its caller was told of, in the course of the load. */
  readonly granted: ReadonlyMap<string, string>
  /** By key: what the same key was told when it was sent again afterwards; null: that it is not granted. */
  readonly grantedAgain: ReadonlyMap<string, string | null>
  /** Callers who were told EXHAUSTED. */
  readonly exhausted: number
  readonly log: readonly LoggedUse[]
}

export interface LoggedUse {
  readonly redemptionId: string
  readonly userId: string | null
  readonly idempotencyKey: string | null
}

/** How far that is from "a limit of N is redeemed exactly N times". Right is all 0. */
export interface CrashFaults {
  /** Redemptions beyond the limit, of all that somebody was told of or that are in the log. */
  readonly oversold: number
  /** Units that nobody has, though somebody was told that none is left. */
  readonly undersold: number
  /** Redemptions that somebody was told of and that are not in the log. */
  readonly lost: number
  /** Keys, and users, that redeemed more than once. */
  readonly doubled: number
}

export const FAULTS = [
  'oversold',
  'undersold',
  'lost',
  'doubled',
] as const satisfies readonly (keyof CrashFaults)[]

export function countFaults(observation: CrashObservation): CrashFaults {
  const { limit, granted, grantedAgain, exhausted, log } = observation
  const told = [...granted.values(), ...[...grantedAgain.values()].filter((id) => id !== null)]
  const logged = new Set(log.map(({ redemptionId }) => redemptionId))
  const all = new Set([...told, ...logged])
  return {
    oversold: Math.max(0, all.size - limit),
    undersold: exhausted > 0 ? Math.max(0, limit - logged.size) : 0,
    lost: [...granted.values()].filter((id) => !logged.has(id)).length,
    doubled:
      [...grantedAgain].filter(([key, id]) => id !== null && id !== granted.get(key)).length +
      repeatsIn(log.map(({ idempotencyKey }) => idempotencyKey)) +
      repeatsIn(log.map(({ userId }) => userId)),
  }
}

function repeatsIn(values: readonly (string | null)[]): number {
  const present = values.filter((value) => value !== null)
  return present.length - new Set(present).size
}
