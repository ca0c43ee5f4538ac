import { demand, type Finding } from './finding.ts'

/** Class 23 of PostgreSQL's errors: a constraint does not hold. */
const INTEGRITY = /^23/
const DEADLOCK = '40P01'

/**
 * What PostgreSQL itself refused: the break of a constraint, a step back in the log, a deadlock. An error instead
 * of a lost coupon; also where the core went on and succeeded, since it was not meant to come to that.
 */
export function findRefusals(errors: readonly Error[]): readonly Finding[] {
  return errors.flatMap((error) => {
    const { code = '', message } = refusalIn(error)
    const [, constraint = code] = /constraint "(.+)"/.exec(message) ?? []
    return [
      ...demand(!INTEGRITY.test(code), constraint, message),
      ...demand(code !== DEADLOCK, 'no two calls wait for each other', message),
      ...demand(!message.includes('append-only'), 'the log is append-only', message),
    ]
  })
}

/** What PostgreSQL said, which the room of the database keeps as the cause of some errors. */
function refusalIn(error: Error): { readonly code?: string; readonly message: string } {
  return error.cause instanceof Error ? error.cause : error
}
