import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { openPglite, openPostgres } from '@coupon-gateway/database'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  call,
  type DatabasePlace,
  onPglite,
  onPostgres,
  startApiProcess,
} from './api-under-test.ts'

const PATH = '/create/bulk'

/** More than a connection holds: the work waits for who reads, so it is never done when a test leaves it. */
const ENDLESS = 1_000_000

interface Order {
  readonly key: string
  readonly count: number
  /** Told by their name in the database. */
  readonly nm: string
}

interface Read {
  readonly codes: readonly string[]
  /** What ended the stream: the last line where it is no code; undefined when it broke. */
  readonly end: Readonly<Record<string, unknown>> | undefined
  readonly isReplay: boolean
}

/** Reads a bulk creation to its end, or until `onCode` says to stop by answering with a promise. */
async function readBulk(
  url: string,
  { key, ...fields }: Order,
  onCode: (read: number) => 'leave' | undefined = () => undefined,
): Promise<Read> {
  const leaving = new AbortController()
  const response = await fetch(`${url}/api/coupon/v1${PATH}`, {
    method: 'POST',
    headers: {
      Authorization: 'APIKey demo_personal_key',
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    },
    body: JSON.stringify({ discTypeIdx: 457, disc: 10, useLimit: 1, ...fields }),
    signal: leaving.signal,
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('application/x-ndjson')
  const codes: string[] = []
  let end: Read['end']
  try {
    for await (const line of readLines(response)) {
      const parsed = JSON.parse(line)
      if (typeof parsed.cpnNo !== 'string') {
        end = parsed
        continue
      }
      codes.push(parsed.cpnNo)
      if (onCode(codes.length) === 'leave') leaving.abort()
    }
  } catch (error) {
    // The connection broke, or was left. Anything else is a fault.
    if (!/terminated|aborted/.test(String(error))) throw error
  }
  return { codes, end, isReplay: response.headers.get('Idempotency-Replayed') === 'true' }
}

/** Whole lines only: the last one of a stream that broke may be half of one. */
async function* readLines(response: Response): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  expect(rest).toBe('')
}

const newOrder = (nm: string, count: number): Order => ({ key: randomUUID(), nm, count })

describe.each([
  [
    'PGlite',
    onPglite,
    (place: DatabasePlace) => openPglite(place.environment.DATA_DIR ?? ''),
    6_000,
  ],
  [
    'PostgreSQL',
    onPostgres,
    async (place: DatabasePlace) => openPostgres(place.environment.DATABASE_URL ?? ''),
    20_000,
  ],
] as const)('bulk creation over REST, on %s', (_name, makePlace, open, count) => {
  let place: DatabasePlace
  let api: ServiceProcess
  beforeAll(async () => {
    place = await makePlace()
    api = await startApiProcess(place)
  })
  afterAll(async () => {
    await api.stop()
    await place.remove()
  })

  /** Stops the api, whose database may be its own, and reads what is stored. */
  async function readStored(nm: string): Promise<string[]> {
    await api.stop()
    const database = await open(place)
    const rows = await database.query<{ code: string }>(
      `select code from coupon join coupon_usage on coupon_id = coupon.id where name = $1 order by code collate "C"`,
      [nm],
    )
    await database.close()
    api = await startApiProcess(place)
    return rows.map(({ code }) => code)
  }

  it('streams a line for each coupon and says at the end that it is done; a repeat is marked', async () => {
    const order = newOrder('whole', 2_500)
    const { codes, end, isReplay } = await readBulk(api.url, order)
    expect(end).toEqual({ done: true, count: 2_500 })
    expect(isReplay).toBe(false)
    expect(new Set(codes).size).toBe(2_500)
    expect(await readBulk(api.url, order)).toEqual({ codes, end, isReplay: true })
    const { body } = await call(api.url, `/validate?cpnNo=${codes[2_499]}`)
    expect(body).toMatchObject({ code: 0, result: { nm: 'whole', useLimit: 1, useCnt: 0 } })
  })

  it('goes on after kill -9 in the middle, several times over: no code twice, none missing', async () => {
    const order = newOrder('killed', count)
    let broken = 0
    let read: readonly string[] = []
    for (const killedAfter of [1, count / 3]) {
      let killed: Promise<void> | undefined
      const { codes, end } = await readBulk(api.url, order, (read) => {
        if (read >= killedAfter) killed ??= api.kill()
        return undefined
      })
      await killed
      // On a busy machine all may have been sent before the client had read the first of it.
      if (end === undefined) broken += 1
      expect(codes.slice(0, read.length)).toEqual(read.slice(0, codes.length))
      read = codes
      api = await startApiProcess(place)
    }
    expect(broken).toBeGreaterThan(0)
    const { codes, end, isReplay } = await readBulk(api.url, order)
    expect(isReplay).toBe(true)
    expect(end).toEqual({ done: true, count: order.count })
    expect(codes.slice(0, read.length)).toEqual(read)
    expect(await readStored('killed')).toEqual(codes.toSorted())
    // Starts four processes, one after the other.
  }, 120_000)

  it('answers other calls while it runs', async () => {
    let answered: Promise<void> | undefined
    let isAnswered = false
    const { end } = await readBulk(api.url, newOrder('busy', ENDLESS), () => {
      answered ??= call(api.url, '/validate?cpnNo=WELCOME10').then(({ body }) => {
        expect(body.code).toBe(0)
        isAnswered = true
      })
      return isAnswered ? 'leave' : undefined
    })
    await answered
    expect(end).toBeUndefined()
  })

  const refusals = {
    'no key': [{}, null, 400, 'IDEMPOTENCY_KEY_REQUIRED', null],
    'no coupon': [{ count: 0 }, 'a', 400, 'INVALID_INPUT', 'count'],
    'too many': [{ count: 1_000_001 }, 'a', 400, 'INVALID_INPUT', 'count'],
    'a number of its own': [{ cpnNo: 'ABCD1234' }, 'a', 400, 'INVALID_INPUT', 'cpnNo'],
    'a wrong setting': [{ disc: 101 }, 'a', 400, 'INVALID_INPUT', 'disc'],
    'guessable numbers': [
      { count: 50_000, cpnNoDigits: 8 },
      'a',
      400,
      'INVALID_INPUT',
      'cpnNoDigits',
    ],
  } as const
  it.each(Object.entries(refusals))('refuses %s before the first byte', async (_what, refusal) => {
    const [fields, key, status, error, field] = refusal
    const answer = await call(api.url, PATH, {
      method: 'POST',
      headers: key === null ? {} : { 'Idempotency-Key': `${key}-${randomUUID()}` },
      body: { discTypeIdx: 457, disc: 10, count: 3, ...fields },
    })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ error })
    if (field !== null) expect(answer.body.result).toMatchObject([{ field }])
  })

  it('refuses a key that belongs to another request', async () => {
    const order = newOrder('reused', 1)
    await readBulk(api.url, order)
    const { status, body } = await call(api.url, PATH, {
      method: 'POST',
      headers: { 'Idempotency-Key': order.key },
      body: { discTypeIdx: 457, disc: 10, useLimit: 1, nm: 'reused', count: 2 },
    })
    expect(status).toBe(422)
    expect(body.error).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('ends the stream with an error when the service stops, and stops in order', async () => {
    const order = newOrder('stopped', ENDLESS)
    let stopped: Promise<void> | undefined
    const { codes, end } = await readBulk(api.url, order, (count) => {
      if (count === 1) stopped = api.stop()
      return undefined
    })
    await stopped
    expect(await api.exited).toBe(0)
    expect(end).toMatchObject({ code: 5002, error: 'UNAVAILABLE' })
    expect(codes.length).toBeLessThan(order.count)
  })
})

it('stops at the end of a chunk when the client is gone', async () => {
  const place = await onPostgres()
  const database = openPostgres(place.environment.DATABASE_URL ?? '')
  const api = await startApiProcess(place)
  const readPosition = async () => {
    const [job] = await database.query<{ position: number; coupons: number }>(
      `select position, (select count(*)::int from coupon where name = 'left') as coupons from bulk_job`,
    )
    return job
  }
  await readBulk(api.url, newOrder('left', ENDLESS), () => 'leave')
  let before: unknown
  let now = await readPosition()
  while (!isDeepStrictEqual(before, now)) {
    before = now
    await setTimeout(300)
    now = await readPosition()
  }
  expect(now?.coupons).toBe(now?.position)
  expect(now?.position).toBeLessThan(ENDLESS)
  await api.stop()
  await database.close()
})
