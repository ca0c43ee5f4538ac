import type { Workload } from './index.ts'

export const burst: Workload = {
  description: '200 users at once on coupons that many more want than can have',
  users: 200,
  toleratesUnknownAnswers: false,
  coupons: [
    { limit: 1, attempts: 200, customers: 200 },
    { limit: 5, attempts: 500, customers: 100 },
    { limit: 1_000, attempts: 1_200, customers: 300 },
    { limit: 10_000, attempts: 10_400, customers: 10_400 },
  ],
}
