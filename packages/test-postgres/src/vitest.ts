import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.ts'

/** Vitest global setup: one PostgreSQL server for all test files of a package. */
export default async function provideServer(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return server.stop
}
