import { randomBytes } from 'node:crypto'
import type { Plan, PlannedCoupon } from '../plan.ts'
import type { Workload } from '../workloads/index.ts'
import type { Target } from './start-target.ts'

const CREATE_TIMEOUT_MS = 15_000

/** Creates the coupons of a workload through the REST API, and plans what is tried on them. */
export async function makePlan(name: string, workload: Workload, target: Target): Promise<Plan> {
  const coupons: PlannedCoupon[] = []
  for (const load of workload.coupons) {
    coupons.push({
      ...load,
      role: `limit-${load.limit}`,
      userLimit: 1,
      share: load.attempts,
      expectedGrants: Math.min(load.limit, load.customers),
      onsitePassword: null,
      isManaged: false,
      redeemedBefore: 0,
      code: await createCoupon(target.apis[0]?.url ?? '', load.limit),
    })
  }
  return {
    scenario: 'redeem',
    workload: name,
    runId: randomBytes(6).toString('hex'),
    seed: 1,
    target: { protocol: 'graphql', url: `${target.gateway.url}/graphql`, key: 'sk_demo' },
    shape: {
      kind: 'attempts',
      users: workload.users,
      attempts: workload.coupons.reduce((sum, { attempts }) => sum + attempts, 0),
    },
    repeats: 1,
    chaos: null,
    toleratesUnknownAnswers: workload.toleratesUnknownAnswers,
    coupons,
  }
}

async function createCoupon(apiUrl: string, useLimit: number): Promise<string> {
  const response = await fetch(`${apiUrl}/api/coupon/v1/create`, {
    method: 'POST',
    headers: { Authorization: 'APIKey demo_personal_key', 'Content-Type': 'application/json' },
    body: JSON.stringify({ nm: `load, limit ${useLimit}`, discTypeIdx: 457, disc: 10, useLimit }),
    signal: AbortSignal.timeout(CREATE_TIMEOUT_MS),
  })
  const answer = await response.text()
  const code = readCode(answer)
  if (code === undefined) throw new Error(`no coupon could be created: ${answer.slice(0, 500)}`)
  return code
}

function readCode(answer: string): string | undefined {
  try {
    const { code, result } = JSON.parse(answer)
    return code === 0 && typeof result === 'string' ? result : undefined
  } catch {
    return undefined
  }
}
