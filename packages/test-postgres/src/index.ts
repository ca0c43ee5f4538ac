import type {} from 'vitest'

export { createTestDatabase } from './create-test-database.ts'
export { describeServer } from './describe-server.ts'
export { makeDataDirectory } from './make-data-directory.ts'
export { type PostgresServer, startPostgres } from './start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a running PostgreSQL server, for `createTestDatabase(inject('postgresUrl'))`. */
    postgresUrl: string
  }
}
