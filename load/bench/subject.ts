import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import pg from 'pg'
import { startPeer } from '../peers/start-peer.ts'
import type { Endpoint } from '../plan.ts'
import { writeManifest } from './trusted-manifest.ts'

/** What is measured: some processes over a database of their own. */
export interface Subject {
  readonly endpoint: Endpoint
  /** Its processes, by name. */
  readonly pids: Readonly<Record<string, number>>
  /** Creates a coupon, and returns its code. */
  create(useLimit: number): Promise<string>
  /** How often a coupon was redeemed, by the log. */
  countRedemptions(code: string): Promise<number>
  stop(): Promise<void>
}

/** `ours`: gateway, api. `textbook`: the peer. `textbook behind the gateway`: the peer in the api's place. */
export type SubjectName = 'ours' | 'textbook' | 'textbook behind the gateway'

const REST_KEY = 'demo_personal_key'
const GATEWAY_KEY = 'sk_demo'

/** Both sides log what goes wrong, and nothing of a call that went well. */
const ENVIRONMENT = { LOG_LEVEL: 'warn', DEMO: 'true' }

const COUNTS = {
  api: `select count(*)::int as n from redemption join coupon on coupon.id = coupon_id where code = $1`,
  textbook:
    'select count(*)::int as n from redemptions join coupons on coupons.id = coupon_id where code = $1',
} as const

/**
 * Starts a subject over a fresh database of the server.
 *
 * @param extraEnvironment of each of its processes
 */
export async function startSubject(
  name: SubjectName,
  serverUrl: string,
  extraEnvironment: Readonly<Record<string, string>> = {},
): Promise<Subject> {
  const databaseUrl = await createTestDatabase(serverUrl)
  const started: ServiceProcess[] = []
  const stop = async () => {
    for (const service of started.toReversed()) await service.stop()
  }
  try {
    const environment = { ...ENVIRONMENT, ...extraEnvironment, DATABASE_URL: databaseUrl }
    const api =
      name === 'ours'
        ? await startServiceProcess('api', environment)
        : await startPeer('textbook', environment)
    started.push(api)
    const pids: Record<string, number> = {
      PostgreSQL: await readServerPid(databaseUrl),
      [name === 'ours' ? 'api' : 'textbook']: api.pid,
    }
    let endpoint: Endpoint = { protocol: 'rest', url: api.url, key: REST_KEY }
    if (name !== 'textbook') {
      const gateway = await startServiceProcess('gateway', {
        ...ENVIRONMENT,
        ...extraEnvironment,
        UPSTREAM_URL: api.url,
        TRUSTED_DOCUMENTS_FILE: await writeManifest(),
      })
      started.push(gateway)
      pids.gateway = gateway.pid
      endpoint = { protocol: 'graphql', url: `${gateway.url}/graphql`, key: GATEWAY_KEY }
    }
    return {
      endpoint,
      pids,
      create: (useLimit) => createCoupon(api.url, useLimit),
      countRedemptions: (code) =>
        countRedemptions(databaseUrl, COUNTS[name === 'ours' ? 'api' : 'textbook'], code),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createCoupon(url: string, useLimit: number): Promise<string> {
  const response = await fetch(`${url}/api/coupon/v1/create`, {
    method: 'POST',
    headers: { Authorization: `APIKey ${REST_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ nm: 'bench', discTypeIdx: 457, disc: 10, useLimit }),
  })
  const { code, result } = (await response.json()) as { code: number; result: string }
  if (code !== 0) throw new Error(`no coupon could be created: ${code}`)
  return result
}

async function countRedemptions(databaseUrl: string, query: string, code: string) {
  const [row] = await ask<{ n: number }>(databaseUrl, query, [code])
  return row?.n ?? 0
}

/** The process whose children serve the connections. */
async function readServerPid(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ pid: number }>(
    databaseUrl,
    `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
  )
  return row?.pid ?? 0
}

async function ask<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  query: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return (await client.query<Row>(query, values)).rows
  } finally {
    await client.end()
  }
}
