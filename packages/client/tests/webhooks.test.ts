import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createUpstreamClient } from '../src/index.ts'
import { API_KEY } from './api-under-test.ts'

// Inside the package, so that it finds the package by its name; git ignores it.
const PROGRAM = new URL('../.reports/webhooks-example.ts', import.meta.url)
const COUPON = fileURLToPath(new URL('../../api/src/cli/main.ts', import.meta.url))

/** Runs the README's example of a receiver as a process, and answers with its URL and the lines that it says. */
async function startExample(secret: string) {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const program = /```ts\n(import \{ webhooks \}.+?)```/s.exec(readme)?.[1] ?? ''
  await mkdir(new URL('.', PROGRAM), { recursive: true })
  const listening = "console.log(await app.listen({ port: 0, host: '127.0.0.1' }))"
  await writeFile(PROGRAM, program.replace('await app.listen({ port: 3000 })', listening))
  const child = spawn(process.execPath, [PROGRAM.pathname], {
    env: { ...process.env, WEBHOOK_SECRETS: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const lines: string[] = []
  const output = createInterface(child.stdout).on('line', (line) => lines.push(line))
  await once(output, 'line')
  return { url: `${lines.shift()}/coupon-events`, lines }
}

it('the example of the README receives what the real api reports, in order, once', async () => {
  const environment = {
    DATABASE_URL: await createTestDatabase(inject('postgresUrl')),
    DEMO: 'true',
  }
  const networks = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' }
  const api = await startServiceProcess('api', {
    ...{ LOG_LEVEL: 'warn', WEBHOOK_POLL_MS: '20', ...environment, ...networks },
  })
  onTestFinished(() => api.stop())
  const setEndpoint = async (url: string) => {
    const args = [COUPON, 'webhook', 'set', 'demo', url, '--json']
    const env = { ...process.env, ...environment, ...networks }
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    return JSON.parse(stdout)
  }
  // The secret is there before the receiver is, and stays.
  const { secret } = await setEndpoint('https://shop.example/')
  const { url, lines } = await startExample(secret)
  await setEndpoint(url)

  const client = createUpstreamClient({ urls: [api.url], apiKey: API_KEY, profile: 'native' })
  const created = await client.create({
    settings: { discountKind: 'percent', discount: 10, useLimit: 3, webhookEnabled: true },
  })
  if (created.outcome !== 'created') throw new Error(JSON.stringify(created))
  const { code } = created
  const redeem = async (userId: string) => {
    const redeemed = await client.redeem({ code, userId, memo: `till of ${userId}` })
    if (redeemed.outcome !== 'redeemed') throw new Error(JSON.stringify(redeemed))
    return redeemed.redemption.id
  }
  await redeem('ada')
  const redemptionId = await redeem('bob')
  const rollback = await fetch(`${api.url}/api/coupon/v1/rollback`, {
    method: 'POST',
    headers: {
      Authorization: `APIKey ${API_KEY}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': 'rollback-1',
    },
    body: JSON.stringify({ redemptionId, reason: 'returned' }),
  })
  expect(rollback.status).toBe(200)
  await client.delete({ code })
  await client.close()
  await expect
    .poll(() => lines, { timeout: 20_000 })
    .toEqual([
      `${code} was used by ada: till of ada`,
      `${code} was used by bob: till of bob`,
      `a use of ${code} was taken back: returned`,
      `${code} is gone`,
    ])
})
