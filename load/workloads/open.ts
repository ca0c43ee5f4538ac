import type { Workload } from './workload.ts'

export const open: Workload = {
  description: 'a constant rate that does not wait for answers, as real users do not',
  users: 300,
  seconds: 30,
  load: {
    kind: 'rate',
    startRate: 100,
    stages: [{ rate: 100, part: 1 }],
    findsBreakingPoint: false,
  },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: false,
}
