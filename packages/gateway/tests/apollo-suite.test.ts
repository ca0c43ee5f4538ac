import { createRequire, registerHooks } from 'node:module'
import type { BaseContext, ApolloServer as Server } from '@apollo/server'
import type {
  CreateServerForIntegrationTests,
  defineIntegrationTestSuite,
} from '@apollo/server-integration-testsuite'
import Fastify from 'fastify'
import * as vitest from 'vitest'
import { executeByApollo, toHeaderMap } from '../src/http/execute-by-apollo.ts'

// Apollo's own tests for what connects Apollo Server to an HTTP server: ours is `execute-by-apollo.ts`. They are written
// for Jest, whose functions are Vitest's here.

type Hook = (done?: () => void) => unknown

/** Jest's hooks may take a callback. */
const withCallback = (register: (hook: () => unknown) => void) => (hook: Hook) =>
  register(hook.length === 0 ? hook : () => new Promise<void>((resolve) => hook(resolve)))

const { expect, it, test, vi, beforeAll, beforeEach, afterAll, afterEach } = vitest

/** A group that is skipped is one skipped test: Vitest counts those of groups within it neither as run nor as skipped. */
const describe = new Proxy(vitest.describe, {
  get: (target, property) =>
    property === 'skip'
      ? (name: string) => it.skip(name, () => {})
      : Reflect.get(target, property, target),
})

Object.assign(globalThis, {
  [Symbol.for('coupon-gateway.jest-globals')]: {
    describe,
    expect,
    it,
    test,
    jest: vi,
    beforeAll,
    beforeEach,
    afterAll,
    afterEach: withCallback(afterEach),
  },
})
registerHooks({
  resolve: (name, context, next) =>
    name === '@jest/globals'
      ? { url: new URL('jest-globals.cjs', import.meta.url).href, shortCircuit: true }
      : next(name, context),
})

const require = createRequire(import.meta.url)
const suite: {
  defineIntegrationTestSuite: typeof defineIntegrationTestSuite
} = require('@apollo/server-integration-testsuite')
/** The suite demands the Apollo Server of its own version, and there is none yet for ours, a patch later. */
const requireOfSuite = createRequire(require.resolve('@apollo/server-integration-testsuite'))
const { ApolloServer }: { ApolloServer: new (options: SuiteOptions) => SuiteServer } =
  requireOfSuite('@apollo/server')

type SuiteOptions = Parameters<CreateServerForIntegrationTests>[0]
type SuiteServer = Awaited<ReturnType<CreateServerForIntegrationTests>>['server']

const createServer: CreateServerForIntegrationTests = async (serverOptions, testOptions) => {
  const app = Fastify({ forceCloseConnections: true })
  const server = new ApolloServer(serverOptions)
  await server.start()
  // The two copies differ in nothing that a type could tell, but each has private fields.
  const apollo = server as unknown as Server<BaseContext>
  const contextOf = testOptions?.context ?? (async () => ({}))
  app.route({
    method: ['GET', 'POST', 'HEAD', 'OPTIONS'],
    url: '/',
    exposeHeadRoute: false,
    handler: (request, reply) => {
      const start = request.url.indexOf('?')
      const sent = {
        method: request.method,
        headers: toHeaderMap(request),
        search: start === -1 ? '' : request.url.slice(start),
        body: request.body,
      }
      return executeByApollo(apollo, sent, contextOf, reply)
    },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    server,
    url,
    async extraCleanup() {
      await app.close()
    },
  }
}

suite.defineIntegrationTestSuite(createServer, { noIncrementalDelivery: true })
