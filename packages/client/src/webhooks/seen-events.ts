/**
 * Which events were here before. Several processes that share the work share it, in a database of theirs: `claim` must be
 * one atomic step there.
 */
export interface SeenEvents {
  /**
   * `new`: the caller has it now, and handles it.
   * `handling`: another one has, and may yet fail.
   * `handled`: it is done.
   */
  claim(eventId: string): Promise<'new' | 'handling' | 'handled'>
  /** It is done: from now on it is `handled`. */
  confirm(eventId: string): Promise<void>
  /** It failed: the next attempt is `new`. */
  release(eventId: string): Promise<void>
}

/**
 * Keeps them in this process, and forgets the oldest ones, and all when it ends. An attempt to deliver can come a day
 * after the first: keep more than the events of a day, or share a store.
 *
 * @param maxEvents how many, from 1. Default 100,000, some 10 MB
 */
export function createMemorySeenEvents(maxEvents = 100_000): SeenEvents {
  if (!Number.isInteger(maxEvents) || maxEvents < 1) {
    throw new RangeError(`\`maxEvents\` must be an integer from 1 on, got ${maxEvents}`)
  }
  // Those that are handled now are as many as there are requests, and must not be forgotten.
  const handling = new Set<string>()
  const handled = new Set<string>()
  return {
    async claim(eventId) {
      if (handled.has(eventId)) return 'handled'
      if (handling.has(eventId)) return 'handling'
      handling.add(eventId)
      return 'new'
    },
    async confirm(eventId) {
      handling.delete(eventId)
      handled.add(eventId)
      const [oldest] = handled
      if (handled.size > maxEvents && oldest !== undefined) handled.delete(oldest)
    },
    async release(eventId) {
      handling.delete(eventId)
    },
  }
}
