/** Thrown in a transaction to roll it back and refuse. */
export class Refused<Reason extends string> extends Error {
  override readonly name = 'Refused'
  readonly reason: Reason

  constructor(reason: Reason) {
    super(reason)
    this.reason = reason
  }
}

/** Turns a `Refused` into an answer. What else is thrown goes on. */
export async function orRefused<Answer, Reason extends string>(
  work: Promise<Answer>,
): Promise<Answer | { readonly outcome: 'refused'; readonly reason: Reason }> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Refused) return { outcome: 'refused', reason: error.reason as Reason }
    throw error
  }
}
