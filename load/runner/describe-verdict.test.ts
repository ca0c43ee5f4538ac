import { describe, expect, it } from 'vitest'
import { madeUpPlan } from '../tests/made-up-run.ts'
import { describeVerdict } from './describe-verdict.ts'
import type { Verdict } from './verdict.ts'

const right: Verdict = {
  passed: true,
  plan: madeUpPlan(),
  folder: '/nowhere',
  target: 'GraphQL, 2 api processes, PostgreSQL',
  interrupted: false,
  thresholdsHeld: true,
  evidence: 'database',
  secondOpinion: { asked: true, agreeing: 4, undecided: 0 },
  goodput: { peakPerSecond: 40, peakGrantsPerSecond: 5, p99Ms: 12, breakingPoint: null },
  unknown: { settled: 0, remaining: 0 },
  repeated: 5,
  ended: [],
  differences: [],
  coupons: [
    {
      code: 'LOADTEST01',
      role: 'few',
      limit: 5,
      attempts: 60,
      customers: 20,
      granted: 5,
      rejected: 55,
      givenBack: 0,
      logged: 5,
    },
  ],
}
const wrong = (what: Partial<Verdict>) => describeVerdict({ ...right, passed: false, ...what })
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

describe('describeVerdict', () => {
  it('ends with how many grants are right', () => {
    expect(lastLine(describeVerdict(right))).toBe('VERDICT PASS: 5 grants, every one right')
  })

  it('counts what was settled and what is still unknown apart', () => {
    expect(describeVerdict({ ...right, unknown: { settled: 7, remaining: 2 } })).toContain(
      'unknown answers  9: 7 settled by sending their keys again, 2 still unknown\n',
    )
  })

  it('says that a run which was stopped counts more as unknown than was lost', () => {
    expect(
      describeVerdict({ ...right, interrupted: true, unknown: { settled: 7, remaining: 0 } }),
    ).toContain(', 0 still unknown, with all that may have been in flight at the stop\n')
  })

  it('says of each broken rule how often, where, and the smallest of what was found', () => {
    const text = wrong({
      differences: [
        { coupon: 'A', rule: 'no user redeems more often than he may', found: 'user-10 did' },
        { coupon: 'B', rule: 'no user redeems more often than he may', found: 'user-3 did' },
        { coupon: 'A', rule: 'no user redeems more often than he may', found: 'user-2 did' },
        { coupon: 'A', rule: 'the counter agrees with the log', found: '1 counted, 2 logged' },
      ],
    })
    expect(text).toContain(
      '  "no user redeems more often than he may" does not hold, 3 times (A, B): user-2 did\n',
    )
    expect(text).toContain(
      '  "the counter agrees with the log" does not hold (A): 1 counted, 2 logged\n',
    )
    expect(lastLine(text)).toBe('VERDICT FAIL: 2 rules broken, 4 differences')
  })

  it('names a process that ended, with the last that it wrote', () => {
    const text = wrong({
      ended: [{ name: 'api 2', code: null, lastLines: ['out of', 'memory'] }],
    })
    expect(text).toContain(
      '  api 2 ended during the run, with a signal. The last that it wrote:\n    out of\n    memory\n',
    )
    expect(lastLine(text)).toBe('VERDICT FAIL: api 2 ended during the run')
  })

  it('names a threshold that was crossed when all else is right', () => {
    expect(lastLine(wrong({ thresholdsHeld: false }))).toBe(
      'VERDICT FAIL: a threshold of k6 was crossed',
    )
  })
})
