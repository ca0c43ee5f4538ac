import type { Workload } from './workload.ts'

export const replayStorm: Workload = {
  description: 'every write is sent five times at once with one key: nothing may move twice',
  users: 50,
  seconds: 10,
  load: { kind: 'attempts', attempts: 1_500 },
  repeats: 5,
  chaos: null,
  toleratesUnknownAnswers: false,
}
