import { type CalledMany, callMany, type Figure, type Session } from '@coupon-gateway/bench'
import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { API_HEADERS, createCoupons } from './coupons.ts'
import { withServer } from './start-server.ts'

const IN_FLIGHT = 256
const WARM_UP_CALLS = 10_000
const CALLS = 30_000
/** Far more than are in flight, so that nothing is gained by some of them being the same. */
const COUPONS = 5_000

export const VALIDATE: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'api.2',
    what: 'CPU of the process for a validate, 256 in flight, against a bare Fastify route with the same answer',
    unit: 'ratio',
    goal: '<= 2',
  },
  { id: 'api.2 ours', what: 'CPU of the process for a validate', unit: 'µs', goal: '>= 0' },
  { id: 'api.2 bare', what: 'CPU of the bare route', unit: 'µs', goal: '>= 0' },
]

/** The same load on both servers in turn. The CPU of PostgreSQL is not that of the process. */
export async function measureValidate(
  serverUrl: string,
  { quick, progress }: Session,
): Promise<ReadonlyMap<string, number>> {
  const calls = quick ? CALLS / 10 : CALLS
  const databaseUrl = await createTestDatabase(serverUrl)
  const environment = { DATABASE_URL: databaseUrl, DEMO: 'true' }
  let coupon = ''
  const ours = await withServer('api', environment, async (server) => {
    const codes = await createCoupons(server.url, quick ? COUPONS / 10 : COUPONS)
    await analyze(databaseUrl)
    const answers = new Map<string, Buffer>()
    for (const code of codes) answers.set(code, await validateOnce(server.url, code))
    coupon = JSON.stringify(JSON.parse(String(answers.get(codes[0] as string))).result)
    return measure(server, calls, codes, (code) => answers.get(code) as Buffer)
  })
  const bare = await withServer('bare Fastify', { BARE_COUPON: coupon }, (server) => {
    const answer = Buffer.from(`{"code":0,"message":"","result":${coupon}}`)
    return measure(server, calls, [JSON.parse(coupon).cpnNo], () => answer)
  })
  progress(describe('api', ours))
  progress(describe('bare Fastify', bare))
  return new Map([
    ['api.2', ours.cpuMicroseconds / bare.cpuMicroseconds],
    ['api.2 ours', ours.cpuMicroseconds],
    ['api.2 bare', bare.cpuMicroseconds],
  ])
}

async function measure(
  server: { readonly url: string; readonly pid: number },
  calls: number,
  codes: readonly string[],
  answerOf: (code: string) => Buffer,
): Promise<CalledMany> {
  const load = {
    inFlight: IN_FLIGHT,
    callOf: (n: number) => {
      const code = codes[n % codes.length] as string
      return {
        request: { method: 'GET', path: pathOf(code), headers: API_HEADERS },
        isRight: (body: Buffer) => body.equals(answerOf(code)),
      } as const
    },
  }
  return callMany(server, { ...load, warmUp: Math.min(WARM_UP_CALLS, calls), total: calls })
}

/** As PostgreSQL does by itself within a minute: until then it plans for tables that are nearly empty. */
async function analyze(databaseUrl: string): Promise<void> {
  const database = openPostgres(databaseUrl, { poolSize: 1 })
  try {
    await database.execute('analyze')
  } finally {
    await database.close()
  }
}

/** What every later answer is compared with, once it is the right one. */
async function validateOnce(url: string, code: string): Promise<Buffer> {
  const response = await fetch(url + pathOf(code), { headers: API_HEADERS })
  const body = Buffer.from(await response.arrayBuffer())
  const { code: outcome, result } = JSON.parse(String(body))
  if (outcome !== 0 || result.cpnNo !== code) throw new Error(`${code} was answered ${body}`)
  return body
}

function pathOf(code: string): string {
  return `/api/coupon/v1/validate?cpnNo=${code}`
}

function describe(name: string, { goodput, cpuMicroseconds }: CalledMany): string {
  return `  validate, ${name}: ${goodput.toFixed(0)}/s, ${cpuMicroseconds.toFixed(1)} µs of the process each`
}
