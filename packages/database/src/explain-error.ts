import { DatabaseBusyError, DatabaseUnavailableError, StatementError } from './database.ts'

/**
 * The transaction was undone by PostgreSQL itself: 55P03 lock_not_available, 57014 query_canceled (statement
 * timeout), 40P01 deadlock_detected, 40001 serialization_failure, 53300 too_many_connections. Or it never
 * began, for want of a connection.
 */
const BUSY = /^(55P03|57014|40P01|40001|53300)$|^timeout exceeded when trying to connect/

/**
 * What makes a database unavailable, by SQLSTATE, by the code of a socket's error, or by the message where
 * `pg` gives no code; and how it is said. The first that fits is taken.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE: readonly (readonly [RegExp, string])[] = [
  [/^(ECONNREFUSED|ENOENT)$/, 'nobody listens there'],
  [/^ENOTFOUND$/, 'no host has that name'],
  [/^EAI_AGAIN$/, 'the name of the host could not be looked up'],
  [/^(EHOSTUNREACH|ENETUNREACH|EACCES)$/, 'there is no way to that host'],
  [/^ETIMEDOUT$|^timeout expired|due to connection timeout$/, 'it did not answer in time'],
  [/^Query read timeout$/, 'it stopped answering'],
  [/^28P01$|^SASL: /, 'it refused the user or the password'],
  [/^28000$/, 'it does not let this user in from here'],
  [/^3D000$/, 'it has no database of that name'],
  [/CERT|^UNABLE_TO_|^ERR_TLS|\bSSL connection/, 'no TLS connection that can be trusted was made'],
  [/^57P03$/, 'it is starting or stopping'],
  [/^57P0.$/, 'it ended the connection'],
  [/^25P03$/, 'it ended a transaction that was idle for too long'],
  [/^25006$/, 'it takes no writes, as a standby does'],
  [/^53100$/, 'its disk is full'],
  [/^53200$/, 'it is out of memory'],
  [/^PGlite is closed$|^Cannot use a pool after/, 'it was closed'],
  [
    /^(08...|ECONN.*|EPIPE)$|^Connection terminated|^Client .* not queryable/,
    'the connection broke',
  ],
]

/**
 * Turns what a driver threw into an error of this package, or answers with it as it is. Drivers hang rows
 * and parameters on their errors, which would reach a log: none is kept, in the cause neither.
 *
 * @param database the database in words, for the message of a start that fails
 */
export function explainError(error: unknown, database: string): unknown {
  if (!(error instanceof Error)) return error
  const { code, message } = error as { code?: unknown; message: string }
  const symptom = typeof code === 'string' ? code : message
  const cause = isFromServer(error) ? new StatementError(message, symptom) : error
  if (BUSY.test(symptom)) return new DatabaseBusyError('the database is busy', { cause })
  const reason = UNAVAILABLE.find(([pattern]) => pattern.test(symptom))?.[1]
  return reason === undefined
    ? cause
    : new DatabaseUnavailableError(`${database} is unavailable: ${reason}`, { cause })
}

/** `pg` and PGlite read PostgreSQL's error messages by the same code, into two classes of one form. */
function isFromServer(error: Error): boolean {
  return 'severity' in error && 'routine' in error && 'code' in error
}
