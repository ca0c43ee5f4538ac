/** Something that runs SQL in PostgreSQL's dialect: a database, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement with `$1`-style parameters and answers with its rows.
   * `Row` is what the statement's author says it returns; nothing checks it. Select `json`, `text`, `int`
   * or `timestamptz`: the two databases read other types differently.
   */
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** Runs a script of several statements, without parameters. */
  execute(script: string): Promise<void>
}

export interface TransactionOptions {
  /**
   * Waits for locks, and for the end of each statement, as long as it takes. For migrations: a server that
   * stops answering is then not noticed. Default false.
   */
  readonly mayRunLong?: boolean
}

/**
 * PostgreSQL, or PGlite in this process, behind one interface.
 *
 * @throws DatabaseBusyError from every call that waited too long for a lock or a connection, or was one too many
 * @throws DatabaseUnavailableError from every call that lost the database
 * @throws StatementError from every call that PostgreSQL refused
 */
export interface Database extends Queryable {
  /** It works in this process, and nothing else of the process does meanwhile. */
  readonly isEmbedded?: true
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<Result>(
    work: (transaction: Queryable) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>
  close(): Promise<void>
}

/**
 * The database is there, but the call waited too long for a lock or a connection, or too many were waiting.
 * It had no effect.
 */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError'
}

/**
 * The database cannot be reached, or cannot work. A call that was under way may or may not have had its effect.
 * The message names host, port and cause for whoever runs the service: it is not for its callers.
 */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError'
}

/**
 * PostgreSQL refused a statement: a mistake of the code, or a constraint. It carries the message and the
 * SQLSTATE, not the statement, its parameters or rows.
 */
export class StatementError extends Error {
  override readonly name = 'StatementError'
  /** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}
