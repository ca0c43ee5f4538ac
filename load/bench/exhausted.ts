import type { Figure, Session } from '@coupon-gateway/bench'
import { isExhausted, isGrant } from './callers.ts'
import { closedLoad } from './closed-load.ts'
import { CpuMeter } from './cpu-meter.ts'
import { describeCpu, describeLoad } from './describe-load.ts'
import { withSubject } from './goodput.ts'
import type { SubjectName } from './subject.ts'

const CALLERS = 256

export const EXHAUSTED: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'load.2',
    what: 'answers that a coupon is used up, through GraphQL, against the textbook peer over REST',
    unit: 'ratio',
    goal: '>= 3',
  },
  { id: 'load.2 ours', what: 'answers, as measured for load.2', unit: '1/s', goal: '>= 0' },
  { id: 'load.2 textbook', what: 'of the textbook', unit: '1/s', goal: '>= 0' },
  {
    id: 'load.2 behind',
    what: 'load.2 with the textbook behind the same gateway',
    unit: 'ratio',
    goal: '>= 0',
  },
]

/** Redemptions of a coupon without a unit left, each by a user and with a key of its own. */
export async function measureExhausted(
  serverUrl: string,
  { quick, progress }: Session,
): Promise<ReadonlyMap<string, number>> {
  const measure = (name: SubjectName, calls: number) =>
    withSubject(name, serverUrl, async (subject) => {
      const code = await subject.create(1)
      const callOf = (n: number) => ({
        coupon: code,
        operation: 'redeem' as const,
        user: `user-${n}`,
        key: `bench-key-${n}`,
      })
      const first = { callers: 1, calls: 1, callOf: () => callOf(-1), isRight: isGrant }
      await closedLoad(subject.endpoint, first)
      const load = { callers: CALLERS, isRight: isExhausted }
      const warmUp = Math.ceil(calls / 4)
      await closedLoad(subject.endpoint, { ...load, calls: warmUp, callOf })
      const meter = new CpuMeter(subject.pids)
      const measured = await closedLoad(subject.endpoint, {
        ...load,
        calls,
        callOf: (n) => callOf(n + warmUp),
      })
      progress(describeLoad(`answers of an exhausted coupon, ${name}`, measured))
      progress(describeCpu(meter.stop(), calls))
      return measured.goodput
    })
  const size = (calls: number) => (quick ? Math.ceil(calls / 10) : calls)
  const ours = await measure('ours', size(30_000))
  const textbook = await measure('textbook', size(8_000))
  const behind = await measure('textbook behind the gateway', size(8_000))
  return new Map([
    ['load.2', ours / textbook],
    ['load.2 ours', ours],
    ['load.2 textbook', textbook],
    ['load.2 behind', ours / behind],
  ])
}
