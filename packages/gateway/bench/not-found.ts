import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median, readMachineConditions } from '@coupon-gateway/bench'
import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { ValidateCouponDocument } from '@coupon-gateway/schema'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { print } from 'graphql'
import { Client } from 'undici'

// Whether a publishable key can tell by the time why a code is NOT_FOUND: asks about codes that are none, that were
// deleted, that belong to another account, and whose check symbol is wrong or right, in turn over one connection, and
// compares the times. Usage: pnpm --filter @coupon-gateway/gateway run not-found-timing [questions of each kind, 2000 unless given]

const QUESTIONS = Number(process.argv[2] ?? 2_000)
const WARM_UP_QUESTIONS = 100
/** Codes of each kind, so that none is remembered anywhere. */
const CODES = 50
const PAGE_KEY = 'pk_page'
const COUPON_PROGRAM = fileURLToPath(new URL('../../api/src/cli/main.ts', import.meta.url))

const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-not-found-'))
try {
  const otherKey = await createOtherAccount(folder)
  const keysFile = join(folder, 'keys.json')
  await writeFile(keysFile, JSON.stringify([pageKey()]))
  const api = await startServiceProcess('api', { DATA_DIR: folder, LOG_LEVEL: 'error' })
  const gateway = await startServiceProcess('gateway', {
    UPSTREAM_URL: api.url,
    UPSTREAM_API_KEY: 'demo_personal_key',
    GATEWAY_KEYS_FILE: keysFile,
    // Nothing is to be refused, and all of it to be counted.
    ADDRESS_CALLS_PER_MINUTE: '1000000000',
    ADDRESS_REQUESTS_PER_MINUTE: '1000000000',
    PREFIX_FAILURES_PER_MINUTE: '1000000000',
    LOG_LEVEL: 'error',
  })
  try {
    report(await ask(gateway, await makeCodes(api, otherKey)))
  } finally {
    await gateway.stop()
    await api.stop()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

type Kinds = Readonly<Record<string, readonly string[]>>

async function createOtherAccount(dataDirectory: string): Promise<string> {
  const run = async (...options: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [COUPON_PROGRAM, ...options], {
      env: { ...process.env, DATA_DIR: dataDirectory },
    })
    return JSON.parse(stdout)
  }
  await run('account', 'create', 'other', '--time-zone', 'UTC', '--plan', 'personal', '--json')
  return (await run('key', 'create', 'other', '--label', 'other', '--json')).key
}

async function makeCodes(api: ServiceProcess, otherKey: string): Promise<Kinds> {
  const call = async (method: string, path: string, key: string, body?: object) => {
    const response = await fetch(`${api.url}/api/coupon/v1/${path}`, {
      method,
      headers: { Authorization: `APIKey ${key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const envelope = (await response.json()) as { code: number; result: string }
    if (envelope.code !== 0) throw new Error(`${method} ${path}: ${JSON.stringify(envelope)}`)
    return envelope.result
  }
  const times = <Item>(make: () => Promise<Item> | Item) =>
    Promise.all(Array.from({ length: CODES }, make))
  const coupon = { discTypeIdx: 457, disc: 10 }
  const newCode = () => generateCouponCode({ length: 12 })
  const deleted = await times(() => call('POST', 'create', 'demo_personal_key', coupon))
  for (const code of deleted) await call('DELETE', `delete?cpnNo=${code}`, 'demo_personal_key')
  return {
    'right check symbol': await times(newCode),
    'wrong check symbol': (await times(newCode)).map((code) => withOtherEnd(code)),
    deleted,
    'of another account': await times(() => call('POST', 'create', otherKey, coupon)),
  }
}

function withOtherEnd(code: string): string {
  return `${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`
}

/** Asks about all kinds in an order that is new each time. @returns milliseconds, by kind */
async function ask(gateway: ServiceProcess, kinds: Kinds): Promise<ReadonlyMap<string, number[]>> {
  const client = new Client(gateway.url)
  const query = print(ValidateCouponDocument)
  const bodies = new Set<string>()
  const times = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]))
  for (let n = 0; n < WARM_UP_QUESTIONS + QUESTIONS; n += 1) {
    const order = Object.entries(kinds)
      .map(([kind, codes]) => ({ kind, code: codes[n % CODES] ?? '', place: Math.random() }))
      .sort((a, b) => a.place - b.place)
    for (const { kind, code } of order) {
      const startedAt = performance.now()
      const { body } = await client.request({
        method: 'POST',
        path: '/graphql',
        headers: { authorization: `Bearer ${PAGE_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { code } }),
      })
      const text = await body.text()
      if (n >= WARM_UP_QUESTIONS) times.get(kind)?.push(performance.now() - startedAt)
      bodies.add(text.replace(code, 'CODE').replace(/"validatedAt":"[^"]*"/, ''))
    }
  }
  await client.close()
  if (bodies.size !== 1) throw new Error(`the bodies differ: ${[...bodies].join('\n')}`)
  process.stdout.write(
    `one body for all, but for the code and the time: ${[...bodies][0]?.trim()}\n`,
  )
  return times
}

function report(times: ReadonlyMap<string, number[]>): void {
  const [[, reference = []] = []] = times
  const rows = [...times].map(([kind, values]) => {
    const sorted = [...values].sort((a, b) => a - b)
    const at = (part: number) =>
      (sorted[Math.floor(part * (sorted.length - 1))] as number).toFixed(3)
    const { share, deviations } = compare(reference, values)
    return {
      kind,
      p10: at(0.1),
      'median, ms': median(values).toFixed(3),
      p90: at(0.9),
      p99: at(0.99),
      'is slower than the first': `${(share * 100).toFixed(1)} %`,
      'standard deviations from 50 %': deviations.toFixed(1),
    }
  })
  process.stdout.write(`${JSON.stringify(readMachineConditions())}\n`)
  process.stdout.write(`${QUESTIONS} questions of each kind\n`)
  console.table(rows)
}

/**
 * How often one of `values` is larger than one of `reference`: 50 % when nothing tells them apart (Mann-Whitney), and
 * by how many standard deviations it is off.
 */
function compare(reference: readonly number[], values: readonly number[]) {
  const all = [...reference.map((it) => [it, 0]), ...values.map((it) => [it, 1])]
  all.sort(([a = 0], [b = 0]) => a - b)
  let ranks = 0
  for (const [rank, [, isValue]] of all.entries()) if (isValue === 1) ranks += rank + 1
  const [n, m] = [reference.length, values.length]
  const larger = ranks - (m * (m + 1)) / 2
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12)
  return { share: larger / (n * m), deviations: (larger - (n * m) / 2) / deviation }
}

function pageKey() {
  return {
    id: PAGE_KEY,
    kind: 'publishable',
    sha256: createHash('sha256').update(PAGE_KEY).digest('hex'),
    scopes: ['coupon:validate'],
    callsPerMinute: 1_000_000_000,
  }
}
