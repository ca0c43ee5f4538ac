import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installSchemathesis, PythonMissingError } from '../fuzz/install-schemathesis.ts'
import { runSchemathesis } from '../fuzz/run-schemathesis.ts'
import { type DatabasePlace, onPostgres, startApiProcess } from './api-under-test.ts'

/** The first installation downloads some 20 packages. */
const INSTALL_TIMEOUT_MS = 240_000
const RUN_TIMEOUT_MS = 240_000

// Without Python the run is left out where a person works, and says so; on CI it must not be.
const schemathesis = await installSchemathesis().catch((error: unknown) => {
  if (error instanceof PythonMissingError && process.env.CI === undefined) return error
  throw error
})

const isMissing = schemathesis instanceof PythonMissingError
const reason = isMissing ? ` (skipped: ${schemathesis.message})` : ''

describe.skipIf(isMissing)(`schemathesis, briefly${reason}`, () => {
  let place: DatabasePlace
  let api: ServiceProcess
  beforeAll(async () => {
    place = await onPostgres()
    api = await startApiProcess(place)
  }, INSTALL_TIMEOUT_MS)
  afterAll(async () => {
    await api.stop()
    await place.remove()
  })

  it('gets no 5xx and no answer that the document does not have, in every phase', {
    timeout: RUN_TIMEOUT_MS,
  }, async () => {
    const { passed, report, output } = await runSchemathesis(schemathesis as string, {
      url: api.url,
      casesPerCall: 4,
      seed: 1,
    })
    expect(passed, output).toBe(true)
    expect(report.phases).toEqual(['examples', 'coverage', 'fuzzing', 'stateful'])
    // Had most calls refused whatever came, this would show little. That none did is for the long run.
    const succeeded = Object.values(report.successes).filter(Boolean)
    expect(succeeded.length).toBeGreaterThan(Object.keys(report.successes).length / 2)
    expect(report.cases).toBeGreaterThan(400)
  })
})
