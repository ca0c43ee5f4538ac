import type { Database } from '@coupon-gateway/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrateJournal } from '../src/index.ts'
import { createLeases } from '../src/journal/lease.ts'
import { createFakeClock } from './fake-clock.ts'
import { JOURNAL_DATABASES } from './journal-under-test.ts'

const LEASE_MS = 9_000

let database: Database
beforeAll(async () => {
  database = await JOURNAL_DATABASES.PostgreSQL()
  await migrateJournal(database)
})
afterAll(() => database?.close())

it('a lease ends for its client before it ends for the others', async () => {
  const clock = createFakeClock()
  const leases = createLeases(database, clock, LEASE_MS)
  const lease = await leases.current()
  expect(lease.remainingMs()).toBeLessThan(LEASE_MS)
  expect(await leases.current()).toBe(lease)
  await leases.end()
})

it('a client that was frozen past its lease never gets it back, and sends nothing more under it', async () => {
  const clock = createFakeClock()
  const leases = createLeases(database, clock, LEASE_MS)
  const frozen = await leases.current()
  // Frozen, its timer fires late: the clock is past the lease when it does.
  clock.advance(LEASE_MS * 2)
  expect(frozen.remainingMs()).toBeLessThanOrEqual(0)
  const next = await leases.current()
  expect(next.ownerId).not.toBe(frozen.ownerId)
  expect(next.remainingMs()).toBeGreaterThan(0)
  expect(frozen.remainingMs()).toBeLessThanOrEqual(0)
  await leases.end()
})

it('a lease is renewed while its client is open', async () => {
  const clock = createFakeClock()
  const leases = createLeases(database, clock, LEASE_MS)
  const lease = await leases.current()
  const before = lease.remainingMs()
  clock.advance(LEASE_MS / 3)
  await expect.poll(() => lease.remainingMs()).toBe(before)
  await leases.end()
})
