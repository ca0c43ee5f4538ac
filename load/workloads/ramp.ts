import type { Workload } from './workload.ts'

export const ramp: Workload = {
  description: 'the rate grows until the target breaks: how much does it take?',
  users: 400,
  seconds: 60,
  load: {
    kind: 'rate',
    startRate: 50,
    stages: [{ rate: 4_000, part: 1 }],
    findsBreakingPoint: true,
  },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: true,
}
