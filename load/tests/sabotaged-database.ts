import { randomBytes } from 'node:crypto'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import pg from 'pg'

/** A fault to put into `take_units`, the function of the core that decides redemptions. */
export interface Sabotage {
  /** Texts of the function, and what stands there instead. */
  readonly replace: readonly (readonly [text: string, by: string])[]
  /** Takes away constraints that would turn the fault into an error. */
  readonly andRun?: string
}

/** A database with the core's tables, functions and the demo, to make copies of. It has no connections. */
export async function createRightDatabase(serverUrl: string): Promise<string> {
  const url = await createTestDatabase(serverUrl)
  // The api brings everything; from then on its start leaves the functions alone.
  const api = await startServiceProcess('api', {
    DATABASE_URL: url,
    DEMO: 'true',
    LOG_LEVEL: 'warn',
  })
  await api.stop()
  return url
}

/**
 * Copies a right database, and puts a fault in the copy.
 *
 * The function is read from the database and not from its migration, so that it may move to another file.
 *
 * @throws Error a text is not in the function any more: the sabotage has to follow a change of the core
 */
export async function createSabotagedDatabase(
  serverUrl: string,
  rightUrl: string,
  { replace, andRun = '' }: Sabotage,
): Promise<string> {
  const url = new URL(serverUrl)
  url.pathname = `sabotaged_${randomBytes(6).toString('hex')}`
  await withClient(serverUrl, (client) =>
    client.query(
      `create database ${url.pathname.slice(1)} template ${new URL(rightUrl).pathname.slice(1)}`,
    ),
  )
  await withClient(url.href, async (client) => {
    const { rows } = await client.query<{ definition: string }>(
      `select pg_get_functiondef('take_units'::regproc) as definition`,
    )
    let definition = rows[0]?.definition ?? ''
    for (const [text, by] of replace) {
      if (definition.split(text).length !== 2) {
        throw new Error(`take_units must have this text once, to be sabotaged: ${text}`)
      }
      definition = definition.replace(text, by)
    }
    // It says `create or replace`.
    await client.query(definition)
    await client.query(andRun)
  })
  return url.href
}

async function withClient(url: string, action: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await action(client)
  } finally {
    await client.end()
  }
}
