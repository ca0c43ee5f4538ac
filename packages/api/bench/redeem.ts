import {
  type CalledMany,
  type CheckedCall,
  callMany,
  type Figure,
  type Session,
} from '@coupon-gateway/bench'
import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { API_HEADERS, createHotCoupon, HOT_CODE } from './coupons.ts'
import { type ServerName, withServer } from './start-server.ts'

const IN_FLIGHT = 256
const WARM_UP_CALLS = 5_000

const REDEEMED = Buffer.from(JSON.stringify({ code: 0, message: '', result: null }))

export const REDEEM: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'api.1a',
    what: 'redeem of one hot coupon with Idempotency-Key, 256 in flight, durable, against a bare Fastify route',
    unit: 'ratio',
    goal: '>= 0.5',
  },
  {
    id: 'api.1b',
    what: 'the same against the textbook strategy behind the same API',
    unit: 'ratio',
    goal: '>= 8',
  },
  {
    id: 'api.1c',
    what: 'the same without Idempotency-Key against the bare route',
    unit: 'ratio',
    goal: '>= 0.5',
  },
  { id: 'api.1 goodput', what: 'grants, as measured for api.1a', unit: '1/s', goal: '>= 0' },
  { id: 'api.1 bare', what: 'answers of the bare route', unit: '1/s', goal: '>= 0' },
  { id: 'api.1 textbook', what: 'grants by the textbook', unit: '1/s', goal: '>= 0' },
]

/** The same load on each server in turn, and each api over a database of its own. */
export async function measureRedeem(
  serverUrl: string,
  { quick, progress }: Session,
): Promise<ReadonlyMap<string, number>> {
  const size = (total: number) => (quick ? Math.ceil(total / 10) : total)
  const measure = async (name: ServerName, total: number, hasKey: boolean) => {
    const databaseUrl = await createTestDatabase(serverUrl)
    const warmUp = Math.min(WARM_UP_CALLS, Math.ceil(total / 4))
    const environment = { DATABASE_URL: databaseUrl, DEMO: 'true' }
    const measured = await withServer(name, environment, async (server) => {
      if (name !== 'bare Fastify') await createHotCoupon(server.url)
      const load = { inFlight: IN_FLIGHT, callOf: (n: number) => redeemCall(n, hasKey) }
      return callMany(server, { ...load, warmUp, total })
    })
    if (name !== 'bare Fastify') await expectGrants(databaseUrl, warmUp + total)
    progress(describe(`${name}${hasKey ? '' : ', without key'}`, measured))
    return measured.goodput
  }
  const bare = await measure('bare Fastify', size(40_000), true)
  const ours = await measure('api', size(30_000), true)
  const withoutKey = await measure('api', size(30_000), false)
  const textbook = await measure('textbook api', size(2_000), true)
  return new Map([
    ['api.1a', ours / bare],
    ['api.1b', ours / textbook],
    ['api.1c', withoutKey / bare],
    ['api.1 goodput', ours],
    ['api.1 bare', bare],
    ['api.1 textbook', textbook],
  ])
}

/** A redemption by a user of its own, as a shop's server sends it. */
function redeemCall(n: number, hasKey: boolean): CheckedCall {
  return {
    request: {
      method: 'POST',
      path: '/api/coupon/v1/redeem',
      headers: hasKey ? { ...API_HEADERS, 'idempotency-key': `order-${n}` } : API_HEADERS,
      body: JSON.stringify({ cpnNo: HOT_CODE, userId: `user-${n}`, memo: 'checkout' }),
    },
    isRight: (body) => body.equals(REDEEMED),
  }
}

/** Every answer was a grant, and every grant is in the counter and in the log. */
async function expectGrants(databaseUrl: string, grants: number): Promise<void> {
  const database = openPostgres(databaseUrl, { poolSize: 1 })
  try {
    const [row] = await database.query<{ used: number; logged: number }>(
      `select used, (select count(*)::int from redemption where coupon_id = coupon.id) as logged
       from coupon join coupon_usage on coupon_id = coupon.id where code = $1`,
      [HOT_CODE],
    )
    if (row?.used !== grants || row.logged !== grants) {
      throw new Error(`${grants} were granted, ${row?.used} counted and ${row?.logged} logged`)
    }
  } finally {
    await database.close()
  }
}

function describe(name: string, { goodput, cpuMicroseconds }: CalledMany): string {
  return `  redeem, ${name}: ${goodput.toFixed(0)}/s, ${cpuMicroseconds.toFixed(0)} µs of the process each`
}
