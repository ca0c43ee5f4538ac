/** The calls that were accepted and have not come to their end. */
export interface OpenCalls {
  /** Counts a call as open until it settles. */
  track<End>(call: Promise<End>): Promise<End>
  /** Ends when no call is open. */
  whenNone(): Promise<void>
}

export function createOpenCalls(): OpenCalls {
  const open = new Set<Promise<unknown>>()
  return {
    track(call) {
      open.add(call)
      const forget = () => open.delete(call)
      call.then(forget, forget)
      return call
    },
    async whenNone() {
      while (open.size > 0) await Promise.allSettled(open)
    },
  }
}
