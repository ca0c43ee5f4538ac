import { startServiceProcess } from '@coupon-gateway/stack'
import { describe, expect, it } from 'vitest'
import { onPglite, onPostgres, startApiProcess } from './api-under-test.ts'

describe('a bad setting stops the start with one readable line:', () => {
  it.each([
    [{ API_PORT: 'eighty' }, 'API_PORT must be an integer from 0 to 65535, got "eighty"'],
    [{ API_PROFILE: 'Hosted' }, 'API_PROFILE must be one of native, hosted, got "Hosted"'],
    [
      { PLAN_LIMITS: 'personal=many' },
      'PLAN_LIMITS must be a list of plan=calls a minute/hour/day such as 120/1200/2500',
    ],
    [{ DEMO: 'maybe' }, 'DEMO must be "true" or "false", got "maybe"'],
    [
      { DATABASE_URL: 'mysql://me:hunter2@db' },
      'DATABASE_URL must be a URL that starts with postgres://',
    ],
    // With a port: a free one cannot be looked for on an address that is not there.
    [
      { HOST: '203.0.113.7', API_PORT: '4001' },
      'HOST 203.0.113.7 is not an address of this machine',
    ],
  ])('%j', async (environment, message) => {
    const other = await onPglite()
    const failure = await startServiceProcess('api', { ...other.environment, ...environment }).then(
      () => 'it started',
      (error: Error) => error.message,
    )
    await other.remove()
    expect(failure).toContain(`api did not start: ${message}`)
    expect(failure.split('\n')).toHaveLength(1)
    expect(failure).not.toContain('hunter2')
  })

  it('a port that is taken', async () => {
    const place = await onPostgres()
    const api = await startApiProcess(place)
    const { port } = new URL(api.url)
    await expect(
      startServiceProcess('api', { ...place.environment, API_PORT: port }),
    ).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`)
    await api.stop()
    await place.remove()
  })

  it('a data directory that is in use', async () => {
    const place = await onPglite()
    const api = await startApiProcess(place)
    await expect(startApiProcess(place)).rejects.toThrow(`is in use by process ${api.pid}`)
    await api.stop()
    await place.remove()
  })
})
