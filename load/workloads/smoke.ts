import type { Workload } from './workload.ts'

export const smoke: Workload = {
  description: 'seconds: does the whole path work, and is it exact?',
  users: 20,
  seconds: 4,
  load: { kind: 'attempts', attempts: 2_500 },
  repeats: 1,
  chaos: null,
  toleratesUnknownAnswers: false,
}
