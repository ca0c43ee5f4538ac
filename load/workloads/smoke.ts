import type { Workload } from './index.ts'

export const smoke: Workload = {
  description: 'seconds: does the whole path work, and is it exact?',
  users: 20,
  toleratesUnknownAnswers: false,
  coupons: [
    { limit: 1, attempts: 40, customers: 40 },
    { limit: 5, attempts: 60, customers: 20 },
    { limit: 500, attempts: 400, customers: 100 },
    { limit: 1_000, attempts: 2_000, customers: 2_000 },
  ],
}
