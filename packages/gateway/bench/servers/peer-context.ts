import { createCallBudgets } from '../../src/budgets/call-budgets.ts'
import { createContext, type GatewayContext } from '../../src/context.ts'
import { createLimitReports } from '../../src/limit-reports.ts'
import { readGatewaySettings } from '../../src/settings.ts'
import { createInProcessUpstream } from '../in-process-upstream.ts'
import { BENCH_CALLER, BENCH_ENVIRONMENT } from './bench-caller.ts'

/**
 * Makes the context that our resolvers need, for servers that know no keys: what a resolver does, it does in all of
 * them, so that what is left to compare is the server.
 */
export function createPeerContext(): (requestId: string) => GatewayContext {
  const { abuseBudgets } = readGatewaySettings(BENCH_ENVIRONMENT)
  const budgets = createCallBudgets(abuseBudgets, createLimitReports({ log() {} }))
  const parts = { upstream: createInProcessUpstream(), budgets, validatesMany: true, metrics: null }
  const asker = { caller: BENCH_CALLER, network: '127.0.0.1' }
  return (requestId) => createContext(parts, asker, requestId)
}
