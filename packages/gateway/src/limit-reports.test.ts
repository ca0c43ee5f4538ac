import { expect, it } from 'vitest'
import { createLimitReports, type ExceededLimit } from './limit-reports.ts'

function makeReports() {
  const clock = { nowMs: 1_000_000 }
  const counted: ExceededLimit[] = []
  const logged: [ExceededLimit, string][] = []
  const reports = createLimitReports({
    log: (what, message) => logged.push([what, message]),
    count: (what) => counted.push(what),
    now: () => clock.nowMs,
  })
  return { clock, counted, logged, reports }
}

const spent = { limit: 'address', subject: '192.0.2.1', isEnforced: true } as const

it('a flood is counted one by one, and logged once a minute', () => {
  const { clock, counted, logged, reports } = makeReports()
  for (let times = 0; times < 100; times += 1) reports.exceeded(spent)
  clock.nowMs += 60_000
  reports.exceeded(spent)
  expect(counted).toHaveLength(101)
  expect(logged).toEqual(Array(2).fill([spent, 'a limit was met']))
})

it('of each subject, and of each limit, the first one is logged', () => {
  const { logged, reports } = makeReports()
  const reported = [
    spent,
    { ...spent, subject: '192.0.2.2' },
    { limit: 'depth', isEnforced: false },
  ] as const
  for (const what of reported) reports.exceeded(what)
  expect(logged.map(([what]) => what)).toEqual(reported)
  expect(logged.at(-1)?.[1]).toBe('a limit would have been met')
})
