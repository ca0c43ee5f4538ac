import type { Workload } from './workload.ts'

export const burst: Workload = {
  description: '200 users at once, as fast as they are answered',
  users: 200,
  seconds: 15,
  load: { kind: 'attempts', attempts: 12_500 },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: false,
}
