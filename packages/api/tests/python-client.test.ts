import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DatabasePlace, onPostgres, startApiProcess } from './api-under-test.ts'

const CHECK = fileURLToPath(new URL('python-client/check_contract.py', import.meta.url))

/** Without compiled files beside the sources. */
const run = (...args: string[]) => promisify(execFile)('python3', ['-B', ...args])

const hasPython = await run('--version').then(
  () => true,
  () => false,
)
const mayBeSkipped = process.env.CI === undefined

describe.skipIf(!hasPython && mayBeSkipped).each(['native', 'hosted'])(
  'a client in Python, written from the contract alone (needs python3 on PATH; in CI it fails without), on the %s profile',
  (profile) => {
    let place: DatabasePlace
    let api: ServiceProcess
    beforeAll(async () => {
      place = await onPostgres()
      api = await startApiProcess({
        ...place,
        environment: { ...place.environment, API_PROFILE: profile },
      })
    })
    afterAll(async () => {
      await api.stop()
      await place.remove()
    })

    it('makes the five calls, and gets what the contract says', { timeout: 120_000 }, async () => {
      const { stdout } = await run(CHECK, api.url, 'demo_personal_key')
      const checks = Number(/^(\d+) checks hold$/.exec(stdout.trim())?.[1])
      expect(checks).toBeGreaterThan(70)
    })

    it('says so where the service does otherwise', { timeout: 60_000 }, async () => {
      await expect(run(CHECK, api.url, 'demo_free_key')).rejects.toMatchObject({ code: 1 })
    })
  },
)
