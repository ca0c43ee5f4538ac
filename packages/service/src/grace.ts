/** From the signal to the end of the process, whatever happens. */
export const GRACE_MS = 15_000

/**
 * What requests in flight have of it: a little more than the gateway gives an upstream call by default. The
 * rest is for the database, and whatever else closes after them.
 */
export const DRAIN_MS = 13_000
