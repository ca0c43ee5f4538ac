import type { Answer, History } from './history.ts'

/** A history to read: every call in the order of its arrival, with the ticks of call and answer, then the units. */
export function printHistory({ coupons, takes, settles, units }: History): string[] {
  const calls = [
    ...takes.map((call) => {
      const { id, code, userId, key, ttlSeconds } = call.request
      const what = ttlSeconds === null ? 'redeems' : `reserves for ${ttlSeconds * 1000} ms`
      return { ...call, text: `${id} ${what} ${code} for ${userId} with ${key}` }
    }),
    ...settles.map((call) => {
      const { step, redemptionId, key } = call.request
      return { ...call, text: `${step} of ${redemptionId} with ${key}` }
    }),
  ].toSorted((a, b) => a.calledAt - b.calledAt)
  return [
    ...coupons.map(
      ({ code, useLimit, userLimit }) => `${code}: limit ${useLimit}, ${userLimit} a user`,
    ),
    ...calls.map(
      ({ calledAt, answeredAt, text, answer }) =>
        `${calledAt}–${answeredAt ?? ''} ${text}: ${printAnswer(answer)}`,
    ),
    ...units.map(
      ({ id, ordinal, status, takenAt, endedAt }) =>
        `${id} is unit ${ordinal}, ${status}, taken at ${takenAt} ms, ended at ${endedAt} ms`,
    ),
  ]
}

function printAnswer(answer: Answer<{ readonly outcome: string }> | null): string {
  if (answer === null) return 'no answer'
  if (answer.kind === 'failed') return answer.message
  return answer.kind === 'verdict' ? JSON.stringify(answer.verdict) : answer.kind
}
