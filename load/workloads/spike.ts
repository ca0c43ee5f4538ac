import type { Workload } from './workload.ts'

export const spike: Workload = {
  description: 'calm, then ten times as much at once, then calm again',
  users: 500,
  seconds: 30,
  load: {
    kind: 'rate',
    startRate: 30,
    stages: [
      { rate: 30, part: 0.4 },
      { rate: 300, part: 0 },
      { rate: 300, part: 0.2 },
      { rate: 30, part: 0 },
      { rate: 30, part: 0.4 },
    ],
    findsBreakingPoint: false,
  },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: false,
}
