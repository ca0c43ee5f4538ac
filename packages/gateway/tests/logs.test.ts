import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { NO_UPSTREAM, send, startGateway } from './gateway-under-test.ts'

let gateway: ServiceProcess
beforeAll(async () => {
  gateway = await startGateway(NO_UPSTREAM, { LOG_LEVEL: 'info' })
})
afterAll(() => gateway?.stop())

it.each([
  ['GET', '/graphql'],
  ['OPTIONS', '/graphql'],
  ['POST', '/graphql'],
  ['GET', '/livez'],
  ['GET', '/nothing'],
  ['GET', '/%zz'],
])('a code in the query of %s %s was logged', async (method, path) => {
  const id = `${method}-${path.slice(1).replace('%', '')}`
  await send(gateway, {
    method,
    path: `${path}?query={validateCoupon(code:"SECRETCODE"){valid}}`,
    headers: { 'X-Request-Id': id },
    ...(method === 'POST' ? { body: { query: '{ __typename }' } } : {}),
  })
  // The log comes by another way than the answer.
  const requests = await vi.waitFor(
    () => {
      const lines = gateway.output().split('\n').filter(Boolean)
      const found = lines.map((line) => JSON.parse(line)).filter((it) => it.reqId === id && it.req)
      expect(found).not.toEqual([])
      return found
    },
    { timeout: 10_000 },
  )
  for (const { req } of requests) expect(req).toMatchObject({ method, path })
  expect(gateway.output()).not.toContain('SECRETCODE')
})
