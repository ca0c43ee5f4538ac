import type { Workload } from './workload.ts'

export const chaos: Workload = {
  description: 'a constant rate while parts are killed and connections break',
  users: 300,
  seconds: 60,
  load: {
    kind: 'rate',
    startRate: 100,
    stages: [{ rate: 100, part: 1 }],
    findsBreakingPoint: false,
  },
  repeats: 1,
  chaos: 'default',
  toleratesUnknownAnswers: true,
}
