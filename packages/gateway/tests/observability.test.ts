import { RateLimitDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findUnknownNames, queriesOfDashboard } from './dashboard-queries.ts'
import {
  ask,
  createCoupon,
  type Folder,
  makeFolder,
  redeem,
  send,
  startApi,
  startFakeUpstream,
  startGateway,
} from './gateway-under-test.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts'
import { readMetrics, type ScrapedMetrics, scrape } from './scraped-metrics.ts'

/** The trace of whoever calls the gateway. */
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`
/** A caller who wants his not to be recorded. */
const UNRECORDED = 'a3ce929d0e0e47364bf92f3577b34da6'

const SECRETS = {
  code: 'SECRETCODE7',
  password: 'hunter2-in-store',
  wrongPassword: 'hunter3-in-store',
  wrongKey: 'sk_wrong_hunter4',
  ownKey: 'sk_demo',
  upstreamKey: 'demo_personal_key',
  userId: 'user-hunter5',
  memo: 'memo-hunter6',
}
const { code, password, wrongPassword, wrongKey, upstreamKey, userId, memo } = SECRETS

let data: Folder
let receiver: OtlpReceiver
let output: { readonly api: string; readonly gateway: string; readonly cluster: string }
let gatewayMetrics: ScrapedMetrics
let apiMetrics: ScrapedMetrics
let clusterMetrics: ScrapedMetrics
let allMetrics: ScrapedMetrics
let statusOfPublicPort: number
const started: ServiceProcess[] = []

/** Everything that the tests look at: one run of a gateway over an api, at first well, and then without its api. */
beforeAll(async () => {
  data = await makeFolder()
  receiver = await startOtlpReceiver()
  const [apiPort, gatewayPort, clusterPort] = await Promise.all([getPort(), getPort(), getPort()])
  const watched = (port: number) => ({
    METRICS_PORT: String(port),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    LOG_LEVEL: 'trace',
  })
  const api = await startApi(data, watched(apiPort))
  started.push(api)
  const gateway = await startGateway(api, {
    ...watched(gatewayPort),
    UPSTREAM_RATE_LIMITS: '100000/-/-',
    UPSTREAM_DEADLINE_MS: '1500',
  })
  started.push(gateway)

  await createCoupon(api, { cpnNo: code, useLimit: 1, onsiteYn: 'Y', onsitePwd: password })
  await redeem(gateway, { code, userId, memo, onsitePassword: wrongPassword })
  await redeem(
    gateway,
    { code, userId, memo, onsitePassword: password },
    { headers: { traceparent } },
  )
  await ask(gateway, ValidateCouponDocument, { code: 'NOSUCHCODE1', userId })
  await ask(
    gateway,
    RateLimitDocument,
    {},
    {
      headers: { traceparent: `00-${UNRECORDED}-${CALLER.spanId}-00` },
    },
  )
  await send(gateway, {
    body: {
      query: `{ a: validateCoupon(code: "${code}") { valid } b: validateCoupon(code: "${code}") { valid } c: validateCoupon(code: "WELCOME10") { valid } }`,
    },
  })
  await send(gateway, { key: wrongKey, body: { query: '{ __typename }' } })
  await send(gateway, { body: `{"query": "{ validateCoupon(code: \\"${code}\\"` })
  await send(gateway, { body: { query: `{ validateCoupon(code: "${code}") { nothing } }` } })
  statusOfPublicPort = (await send(gateway, { method: 'GET', path: '/metrics' })).status
  const scraped = [await scrape(gatewayPort), await scrape(apiPort)] as const
  gatewayMetrics = readMetrics(scraped[0])
  apiMetrics = readMetrics(scraped[1])

  // From here on everything fails.
  await api.stop()
  await redeem(gateway, { code, userId, memo, onsitePassword: password })
  await gateway.stop()

  // Refuses our key, and repeats whatever it was told.
  const strange = await startFakeUpstream((_request, response) => {
    const result = { cpnNo: code, onsitePwd: password, key: upstreamKey }
    response.statusCode = 401
    response.end(JSON.stringify({ code: 3001, message: code, error: 'UNAUTHENTICATED', result }))
  })
  const cluster = await startGateway(strange, { ...watched(clusterPort), GATEWAY_WORKERS: '2' })
  started.push(cluster)
  for (let count = 0; count < 4; count += 1) {
    // Each over a connection of its own, so that every worker has some.
    await redeem(
      cluster,
      { code, userId, memo, onsitePassword: password },
      { headers: { Connection: 'close' } },
    )
  }
  const scrapedCluster = await scrape(clusterPort)
  clusterMetrics = readMetrics(scrapedCluster)
  allMetrics = readMetrics(...scraped, scrapedCluster)
  await cluster.stop()
  strange.close()
  output = { api: api.output(), gateway: gateway.output(), cluster: cluster.output() }
})

afterAll(async () => {
  for (const process of started) await process.kill()
  receiver?.close()
  await data?.remove()
})

describe('a redemption is one trace from the caller to the core:', () => {
  const find = (name: string, service: string): ReceivedSpan => {
    const found = receiver.spans.filter(
      (it) => it.traceId === CALLER.traceId && it.name === name && it.service === service,
    )
    expect(found, `${name} of ${service}`).toHaveLength(1)
    return found[0] as ReceivedSpan
  }

  it('each span has the one above it as its parent, over both processes', () => {
    const chain = [
      find('POST /graphql', 'coupon-gateway'),
      find('coupon redeem', 'coupon-gateway'),
      find('PUT /api/coupon/v1/redeem', 'coupon-gateway'),
      find('PUT /api/coupon/v1/redeem', 'coupon-api'),
      find('core.redeem', 'coupon-api'),
      find('core.flush', 'coupon-api'),
    ]
    expect(chain.map(({ parentSpanId }) => parentSpanId)).toEqual([
      CALLER.spanId,
      ...chain.slice(0, -1).map(({ spanId }) => spanId),
    ])
    expect(chain.map(({ kind }) => kind)).toEqual([2, 1, 3, 2, 1, 1])
    expect(receiver.spans.filter(({ traceId }) => traceId === CALLER.traceId)).toHaveLength(6)
  })

  it('spans say what was asked and what it came to', () => {
    expect(find('POST /graphql', 'coupon-gateway').attributes).toMatchObject({
      'graphql.operation.name': 'RedeemCoupon',
      'http.response.status_code': 200,
    })
    expect(find('core.flush', 'coupon-api').attributes).toMatchObject({ 'coupon.flush.size': 1 })
    const requestIds = [
      find('POST /graphql', 'coupon-gateway'),
      find('PUT /api/coupon/v1/redeem', 'coupon-api'),
    ]
    expect(requestIds[0]?.attributes['coupon.request_id']).toBe(
      requestIds[1]?.attributes['coupon.request_id'],
    )
  })

  it('a call that failed says so', () => {
    const failed = receiver.spans.filter(
      ({ service, attributes }) =>
        service === 'coupon-gateway' && attributes['error.type'] === 'UPSTREAM_UNAVAILABLE',
    )
    expect(failed).toHaveLength(1)
  })

  it('a caller who wants no record of it gets none, and probes are none', () => {
    expect(receiver.spans.filter(({ traceId }) => traceId === UNRECORDED)).toEqual([])
    expect(receiver.spans.filter(({ name }) => name.includes('/livez'))).toEqual([])
  })

  it('no span holds a code, a password, a key or a user', () => {
    const text = JSON.stringify(receiver.spans)
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
  })
})

describe('metrics', () => {
  it('are not on the port that faces the world', () => {
    expect(statusOfPublicPort).toBe(404)
  })

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['coupon_gateway_requests_total', { operation: 'RedeemCoupon', outcome: 'ok' }, 2],
    ['coupon_gateway_requests_total', { operation: 'ValidateCoupon', outcome: 'ok' }, 1],
    ['coupon_gateway_requests_total', { operation: 'other', outcome: 'ok' }, 1],
    ['coupon_gateway_requests_total', { operation: 'other', outcome: 'refused' }, 3],
    ['coupon_gateway_request_duration_seconds_count', { operation: 'RedeemCoupon' }, 2],
    ['coupon_gateway_errors_total', { code: 'UNAUTHENTICATED' }, 1],
    ['coupon_gateway_errors_total', { code: 'GRAPHQL_VALIDATION_FAILED' }, 1],
    ['coupon_gateway_errors_total', { code: 'BAD_REQUEST' }, 1],
    ['coupon_gateway_errors_total', { code: 'UPSTREAM_UNAVAILABLE' }, 0],
    ['coupon_gateway_answers_total', { field: 'redeemCoupon', answer: 'ONSITE_PASSWORD_WRONG' }, 1],
    ['coupon_gateway_answers_total', { field: 'redeemCoupon', answer: 'OK' }, 1],
    ['coupon_gateway_answers_total', { field: 'validateCoupon', answer: 'NOT_FOUND' }, 1],
    ['coupon_gateway_answers_total', { field: 'validateCoupon', answer: 'EXHAUSTED' }, 2],
    ['coupon_gateway_loader_questions_total', {}, 4],
    ['coupon_gateway_loader_batch_size_sum', {}, 3],
    ['coupon_gateway_loader_batch_size_count', {}, 2],
    ['coupon_gateway_upstream_attempts_total', { call: 'redeem', outcome: 'answered' }, 2],
    ['coupon_gateway_upstream_attempt_duration_seconds_count', { call: 'validate/batch' }, 1],
    ['coupon_gateway_upstream_breaker', { upstream: '0', state: 'closed' }, 1],
    ['coupon_gateway_upstream_breaker', { upstream: '0', state: 'open' }, 0],
    ['coupon_gateway_upstream_budget_limit', { window: 'minute' }, 100_000],
    ['coupon_gateway_limits_exceeded_total', { limit: 'caller', enforced: 'true' }, 0],
  ])('of the gateway: %s %j is %d', (name, labels, value) => {
    expect(gatewayMetrics.value(name, labels)).toBe(value)
  })

  it('say what is left of the budget of the upstream key', () => {
    const left = gatewayMetrics.value('coupon_gateway_upstream_budget_remaining', {
      window: 'minute',
    })
    expect(left).toBeLessThan(100_000)
    // The client keeps a few tokens in hand.
    expect(left).toBeGreaterThan(99_900)
  })

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['coupon_api_requests_total', { operation: 'redeem', outcome: 'OK' }, 1],
    ['coupon_api_requests_total', { operation: 'redeem', outcome: 'ONSITE_PASSWORD_WRONG' }, 1],
    ['coupon_api_requests_total', { operation: 'validate', outcome: 'NOT_FOUND' }, 1],
    ['coupon_api_request_duration_seconds_count', { operation: 'create' }, 1],
    ['coupon_core_flush_size_sum', {}, 1],
    ['coupon_core_flush_duration_seconds_count', { outcome: 'decided' }, 1],
    ['coupon_core_flush_duration_seconds_count', { outcome: 'failed' }, 0],
  ])('of the api: %s %j is %d', (name, labels, value) => {
    expect(apiMetrics.value(name, labels)).toBe(value)
  })

  it('have the process and its event loop', () => {
    for (const metrics of [gatewayMetrics, apiMetrics, clusterMetrics]) {
      expect(metrics.value('process_resident_memory_bytes')).toBeGreaterThan(0)
      expect(metrics.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    }
  })

  it('of several workers are at one address, told apart by the worker', () => {
    const failed = { operation: 'RedeemCoupon', outcome: 'failed' }
    const ofWorkers = ['1', '2'].map((worker) =>
      clusterMetrics.value('coupon_gateway_requests_total', { ...failed, worker }),
    )
    expect(ofWorkers).toEqual([2, 2])
    expect(
      clusterMetrics.value('coupon_gateway_errors_total', { code: 'INTERNAL_SERVER_ERROR' }),
    ).toBe(4)
    expect(clusterMetrics.value('coupon_gateway_workers')).toBe(2)
    expect(clusterMetrics.value('coupon_gateway_worker_restarts_total')).toBe(0)
  })
})

describe('the Grafana dashboard', () => {
  const queries = queriesOfDashboard()

  it('has a title, a unit and queries on each panel', () => {
    expect(queries.length).toBeGreaterThan(20)
  })

  it.each(queries)(
    '$panel: asks for metrics and labels that there are: $expression',
    ({ expression }) => {
      expect(findUnknownNames(expression, allMetrics.labelsOf)).toEqual([])
    },
  )

  it('a metric or a label that is not there is found', () => {
    const { labelsOf } = allMetrics
    expect(findUnknownNames('rate(coupon_gateway_nothing_total[5m])', labelsOf)).toEqual([
      'there is no metric coupon_gateway_nothing_total',
    ])
    expect(
      findUnknownNames('sum by (colour) (coupon_gateway_errors_total{shape="x"})', labelsOf),
    ).toEqual([
      'coupon_gateway_errors_total has no label shape',
      'no metric of it has the label colour',
    ])
    expect(findUnknownNames('sum(', labelsOf)).toEqual(['it is no PromQL'])
  })
})

describe('logs', () => {
  it.each(['api', 'gateway', 'cluster'] as const)(
    'of a run that goes well and of one that fails hold no code, password, key or user: %s',
    (service) => {
      const text = output[service]
      expect(text).toContain('request completed')
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
    },
  )

  it('say what failed', () => {
    expect(output.cluster).toContain('unexpected error')
    expect(output.cluster).toContain('"stack"')
  })
})
