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

/**
 * PostgreSQL, or PGlite in this process, behind one interface.
 *
 * @throws DatabaseBusyError from every call that waited too long for a lock or a connection
 * @throws DatabaseUnavailableError from every call that lost the database
 */
export interface Database extends Queryable {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** The database is there, but the call waited too long for a lock or a connection. It had no effect. */
export class DatabaseBusyError extends Error {
  override readonly name = 'DatabaseBusyError'
}

/** The database cannot be reached. A call that was under way may or may not have had its effect. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError'
}
