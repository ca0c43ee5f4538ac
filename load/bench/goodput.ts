import type { Figure, Session } from '@coupon-gateway/bench'
import { isGrant } from './callers.ts'
import { closedLoad, type LoadResult } from './closed-load.ts'
import { CpuMeter } from './cpu-meter.ts'
import { describeCpu, describeLoad } from './describe-load.ts'
import { k6Load } from './k6-load.ts'
import { openLoad } from './open-load.ts'
import { type Subject, type SubjectName, startSubject } from './subject.ts'

/** Enough that the queue in front of the one row is never empty, on both sides. */
const CALLERS = 256
const OPEN_CALLERS = 512
const WITHOUT_END = 1_000_000_000

export const GOODPUT: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'load.1a',
    what: 'grants through GraphQL (k6, 256 users, one hot coupon; one gateway, one api) against the textbook peer over REST',
    unit: 'ratio',
    goal: '>= 4',
  },
  {
    id: 'load.1b',
    what: 'p99 of a grant at half of our peak, by the clock',
    unit: 'ms',
    goal: '<= 50',
  },
  {
    id: 'load.1c',
    what: "the same against the textbook's p99 at half of its own peak",
    unit: 'ratio',
    goal: '<= 1',
  },
  {
    id: 'load.1 light',
    what: 'load.1a with a generator that takes less of the machine than k6',
    unit: 'ratio',
    goal: '>= 4',
  },
  {
    id: 'load.1 behind',
    what: 'load.1 light with the textbook behind the same gateway',
    unit: 'ratio',
    goal: '>= 4',
  },
  { id: 'load.1 ours k6', what: 'grants, as measured for load.1a', unit: '1/s', goal: '>= 0' },
  { id: 'load.1 ours light', what: 'the same by load.1 light', unit: '1/s', goal: '>= 0' },
  { id: 'load.1 textbook k6', what: 'of the textbook for load.1a', unit: '1/s', goal: '>= 0' },
  { id: 'load.1 textbook p99', what: 'its p99 for load.1c', unit: 'ms', goal: '>= 0' },
]

/** Each side in turn, over a database of its own, by the same callers. */
export async function measureGoodput(
  serverUrl: string,
  { quick, progress }: Session,
): Promise<ReadonlyMap<string, number>> {
  const size = (calls: number) => (quick ? Math.ceil(calls / 10) : calls)
  const measure = (name: SubjectName, calls: number) =>
    withSubject(name, serverUrl, async (subject) => {
      const redemptions = await hotCoupon(subject)
      await redemptions.closed(size(calls) / 4)
      const meter = new CpuMeter(subject.pids)
      const light = await redemptions.closed(size(calls))
      progress(describeLoad(`grants, ${name}`, light))
      progress(describeCpu(meter.stop(), size(calls)))
      const byK6 = await redemptions.byK6(size(calls))
      progress(describeLoad(`grants, ${name}, by k6`, byK6))
      const halfOfPeak = await redemptions.open(light.goodput / 2, quick ? 2_000 : 10_000)
      progress(describeLoad(`grants, ${name}, at half of the peak`, halfOfPeak))
      await redemptions.expectAllInLog()
      return { light, byK6, halfOfPeak }
    })
  const ours = await measure('ours', 24_000)
  const textbook = await measure('textbook', 4_000)
  const behind = await withSubject('textbook behind the gateway', serverUrl, async (subject) => {
    const redemptions = await hotCoupon(subject)
    await redemptions.closed(size(1_000))
    const light = await redemptions.closed(size(4_000))
    progress(describeLoad('grants, textbook behind the gateway', light))
    await redemptions.expectAllInLog()
    return light
  })
  return new Map([
    ['load.1a', ours.byK6.goodput / textbook.byK6.goodput],
    ['load.1b', ours.halfOfPeak.p99Ms],
    ['load.1c', ours.halfOfPeak.p99Ms / textbook.halfOfPeak.p99Ms],
    ['load.1 light', ours.light.goodput / textbook.light.goodput],
    ['load.1 behind', ours.light.goodput / behind.goodput],
    ['load.1 ours k6', ours.byK6.goodput],
    ['load.1 ours light', ours.light.goodput],
    ['load.1 textbook k6', textbook.byK6.goodput],
    ['load.1 textbook p99', textbook.halfOfPeak.p99Ms],
  ])
}

/** Runs a subject while it is measured. */
export async function withSubject<Result>(
  name: SubjectName,
  serverUrl: string,
  measure: (subject: Subject) => Promise<Result>,
): Promise<Result> {
  const subject = await startSubject(name, serverUrl)
  try {
    return await measure(subject)
  } finally {
    await subject.stop()
  }
}

/** A coupon that is never used up, and redemptions of it: each by a user and with a key of its own. */
async function hotCoupon(subject: Subject) {
  const code = await subject.create(WITHOUT_END)
  let used = 0
  const take = (calls: number) => {
    const from = used
    used += calls
    return from
  }
  const callOf = (from: number) => (n: number) => ({
    coupon: code,
    operation: 'redeem' as const,
    user: `user-${from + n}`,
    key: `bench-key-${from + n}`,
  })
  return {
    closed(calls: number): Promise<LoadResult> {
      const total = Math.ceil(calls)
      const load = { callers: CALLERS, calls: total, isRight: isGrant, callOf: callOf(take(total)) }
      return closedLoad(subject.endpoint, load)
    },
    open(rate: number, durationMs: number): Promise<LoadResult> {
      const total = Math.ceil((rate * durationMs) / 1_000)
      const load = { rate, durationMs, callers: OPEN_CALLERS, isRight: isGrant }
      return openLoad(subject.endpoint, { ...load, callOf: callOf(take(total)) })
    },
    byK6: (calls: number) =>
      k6Load({
        endpoint: subject.endpoint,
        coupon: code,
        callers: CALLERS,
        calls,
        keysFrom: take(calls),
      }),
    /** Every answer was a grant, and every grant is in the log. */
    async expectAllInLog(): Promise<void> {
      const logged = await subject.countRedemptions(code)
      if (logged !== used) throw new Error(`${used} were asked for and answered, ${logged} logged`)
    },
  }
}
