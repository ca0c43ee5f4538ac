import { describe, expect, it } from 'vitest'
import { readGatewaySettings } from './settings.ts'
import { shareOf, toWorkerSettings } from './worker-share.ts'

describe('several workers', () => {
  const hosted = { UPSTREAM_PROFILE: 'hosted', DEMO: 'true' }
  const JOURNAL_DATABASE_URL = 'postgres://db/journal'

  it('never have more together than one has alone, and none has nothing', () => {
    expect(shareOf(100, 3)).toBe(33)
    expect(shareOf(2, 8)).toBe(1)
  })

  it('divide what is counted in a process, and nothing else', () => {
    const alone = readGatewaySettings({ DEMO: 'true' })
    const settings = readGatewaySettings({ DEMO: 'true', GATEWAY_WORKERS: '4' })
    expect(toWorkerSettings(settings)).toEqual({
      ...alone,
      workers: 4,
      connections: { max: 2_500, maxPerPeer: 500 },
      abuseBudgets: {
        mode: 'enforce',
        addressCallsPerMinute: 150,
        addressRequestsPerMinute: 750,
        prefixFailuresPerMinute: 75,
      },
      upstream: { ...alone.upstream, expectedProcesses: 12 },
    })
  })

  it('would each open the embedded journal, which is one process at a time, and do not start', () => {
    const GATEWAY_WORKERS = '2'
    expect(() => readGatewaySettings({ ...hosted, GATEWAY_WORKERS })).toThrow(
      'GATEWAY_WORKERS must be 1 without JOURNAL_DATABASE_URL, got "2": several processes need a PostgreSQL for the journal, and the embedded database is one process at a time',
    )
    expect(readGatewaySettings({ ...hosted, GATEWAY_WORKERS, JOURNAL_DATABASE_URL }).workers).toBe(
      2,
    )
    expect(readGatewaySettings({ ...hosted, GATEWAY_WORKERS: '1' }).workers).toBe(1)
  })

  it('would each take the whole budget of the upstream key, and do not start', () => {
    const limited = { DEMO: 'true', GATEWAY_WORKERS: '2', UPSTREAM_RATE_LIMITS: 'personal' }
    expect(() => readGatewaySettings(limited)).toThrow(
      'several processes need a PostgreSQL for the budget of the upstream key',
    )
    expect(readGatewaySettings({ ...limited, JOURNAL_DATABASE_URL }).workers).toBe(2)
  })
})
