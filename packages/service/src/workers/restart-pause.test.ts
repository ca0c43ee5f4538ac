import { expect, it } from 'vitest'
import { countFailures, type EndedWorker, restartPauseMs } from './restart-pause.ts'

const crash = (ranForMs: number | null): EndedWorker => ({ ranForMs, exitCode: 1 })

it('a worker that ended in order is replaced at once', () => {
  expect(countFailures(7, { ranForMs: 5, exitCode: 0 })).toBe(0)
  expect(restartPauseMs(0)).toBe(0)
})

it('a worker that ended before it was ready has failed, whatever its exit code', () => {
  expect(countFailures(0, { ranForMs: null, exitCode: 0 })).toBe(1)
})

it('each failure in a row doubles the pause, up to ten seconds', () => {
  let failures = 0
  const pauses = Array.from({ length: 9 }, () => {
    failures = countFailures(failures, crash(null))
    return restartPauseMs(failures)
  })
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
})

it('a worker that was killed by a signal after a minute of work has the shortest pause', () => {
  expect(restartPauseMs(countFailures(5, { ranForMs: 60_000, exitCode: null }))).toBe(100)
  expect(restartPauseMs(countFailures(5, { ranForMs: 59_999, exitCode: null }))).toBe(3_200)
})
