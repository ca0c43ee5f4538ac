import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import { describeVisits, isConvincing } from './describe-visits.ts'
import { EXHIBITS } from './exhibits/index.ts'
import { openMuseum, type Visit } from './visit.ts'

// `pnpm race-museum`: the fourteen races, and what catches each.

const server = await startPostgres()
try {
  const visit = await openMuseum(() => createTestDatabase(server.url))
  const visits: Visit[] = []
  for (const exhibit of EXHIBITS) visits.push(await visit(exhibit))
  console.log(describeVisits(visits))
  process.exitCode = isConvincing(visits) ? 0 : 1
} finally {
  await server.stop()
}
