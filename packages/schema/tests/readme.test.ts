import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildSchema, type ExecutionResult, graphql } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RedeemCouponInput, type RedeemCouponPayload, typeDefs } from '../src/index.ts'

const schema = buildSchema(typeDefs)
const packageRoot = new URL('../', import.meta.url)
const example = readFileSync(new URL('examples/redeem-coupon.ts', packageRoot), 'utf8')
const gateway = createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(await answer(request)))
})

beforeAll(async () => {
  gateway.listen(0, '127.0.0.1')
  await once(gateway, 'listening')
})

afterAll(() => {
  gateway.close()
})

it('the README shows the example that the type checker sees', () => {
  const readme = readFileSync(new URL('README.md', packageRoot), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
})

it('the example redeems a coupon', async () => {
  const { port } = gateway.address() as AddressInfo
  const code = example.replace('127.0.0.1:4000', `127.0.0.1:${port}`)
  // Run in the package, where its own name resolves as it does for those who installed it.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', code],
    { cwd: fileURLToPath(packageRoot) },
  )
  expect(stdout).toBe('Redeemed: redemption of welcome-10\n')
})

async function answer(request: IncomingMessage): Promise<ExecutionResult> {
  expect(request).toMatchObject({
    url: '/graphql',
    headers: { authorization: 'Bearer sk_demo', 'content-type': 'application/json' },
  })
  const { query, variables } = JSON.parse(await text(request))
  return graphql({ schema, source: query, variableValues: variables, rootValue: { redeemCoupon } })
}

function redeemCoupon({ input }: { input: RedeemCouponInput }): RedeemCouponPayload {
  return {
    redemption: {
      id: `redemption of ${input.code}`,
      code: input.code,
      status: 'REDEEMED',
      userId: input.userId ?? null,
      memo: input.memo ?? null,
      idempotencyKey: input.idempotencyKey,
      ordinal: null,
      redeemedAt: '2026-11-24T06:36:00.000Z',
      expiresAt: null,
      rolledBackAt: null,
      rollbackReason: null,
    },
    replayed: false,
    userErrors: [],
  }
}
