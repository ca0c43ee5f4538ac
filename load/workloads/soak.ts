import type { Workload } from './workload.ts'

export const soak: Workload = {
  description: 'a moderate rate for long: does anything wear out?',
  users: 100,
  seconds: 600,
  load: { kind: 'rate', startRate: 50, stages: [{ rate: 50, part: 1 }], findsBreakingPoint: false },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: false,
}
