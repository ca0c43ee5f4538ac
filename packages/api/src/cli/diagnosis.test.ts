import { describe, expect, it } from 'vitest'
import {
  diagnoseDemoKeys,
  diagnoseMigrations,
  diagnoseNoDatabase,
  diagnoseServer,
} from './diagnosis.ts'
import type { ServerFacts } from './server-facts.ts'

const healthy: ServerFacts = {
  version: 150_004,
  versionText: '15.4',
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  encoding: 'UTF8',
  isReplica: false,
  maxConnections: 100,
  reservedConnections: 3,
  connections: 5,
  maxLocksPerTransaction: 64,
  maxPreparedTransactions: 0,
  clockAheadMs: 3,
  roundTripMs: 2,
}

const postgres = { kind: 'postgres', url: 'postgres://db', poolSize: 10 } as const

/** The checks that are not well, and how they are. */
const complaints = (facts: Partial<ServerFacts>, database: typeof postgres = postgres) =>
  diagnoseServer({ ...healthy, ...facts }, database)
    .filter(({ state }) => state !== 'ok')
    .map(({ check, state }) => `${check} ${state}`)

describe('a server', () => {
  it('that is well has no complaints', () => {
    expect(complaints({})).toEqual([])
    expect(complaints({ synchronousCommit: 'remote_apply' })).toEqual([])
  })

  it.each([
    [{ version: 140_009 }, 'database failed'],
    [{ encoding: 'SQL_ASCII' }, 'encoding failed'],
    [{ isReplica: true }, 'role failed'],
    [{ fsync: 'off' }, 'durability failed'],
    [{ fullPageWrites: 'off' }, 'durability failed'],
    [{ synchronousCommit: 'off' }, 'durability failed'],
    [{ clockAheadMs: -1_500 }, 'clock warning'],
    [{ clockAheadMs: 40_000 }, 'clock failed'],
    [{ connections: 90 }, 'connections warning'],
    [{ maxConnections: 10 }, 'connections failed'],
    [{ maxLocksPerTransaction: 10 }, 'locks warning'],
  ])('with %j: %s', (facts, complaint) => {
    expect(complaints(facts)).toContain(complaint)
  })

  it('is not blamed for a clock that a slow network could explain', () => {
    expect(complaints({ clockAheadMs: 1_400, roundTripMs: 1_000 })).toEqual([])
  })
})

it('what went wrong otherwise is not taken for a database that cannot be reached', () => {
  const error = new Error('other')
  expect(() => diagnoseNoDatabase(error)).toThrow(error)
})

it('several things about migrations are several findings', () => {
  const states = ['applied', 'pending', 'changed', 'unknown'] as const
  expect(
    diagnoseMigrations(states.map((state) => ({ room: 'core', name: `${state}.sql`, state }))),
  ).toMatchObject([{ state: 'failed' }, { state: 'warning' }, { state: 'warning' }])
})

it('keys of a demo that is off were accepted in silence, and are told with their end', () => {
  const keys = [
    { id: 3, hint: 'cgk_9c40', revokedAt: null },
    { id: 4, hint: 'demo_per', revokedAt: null },
    { id: 5, hint: 'demo_lim', revokedAt: '2026-11-26T14:50:18Z' },
  ]
  expect(diagnoseDemoKeys(keys, { demo: true })).toEqual([])
  expect(
    diagnoseDemoKeys(
      keys.filter(({ id }) => id !== 4),
      { demo: false },
    ),
  ).toEqual([])
  expect(diagnoseDemoKeys(keys, { demo: false })).toMatchObject([
    { check: 'demo', state: 'warning', advice: 'end them: coupon key revoke 4' },
  ])
})
