import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'

/** The servers that are compared, each a process of its own. */
const ENTRIES = {
  gateway: new URL('./servers/gateway.ts', import.meta.url),
  'Mercurius with JIT': new URL('./servers/mercurius.ts', import.meta.url),
  'Apollo with defaults': new URL('./servers/apollo-defaults.ts', import.meta.url),
} as const

export type ServerName = keyof typeof ENTRIES

/** Runs a server while it is measured. */
export async function withServer<Result>(
  name: ServerName,
  measure: (server: ServiceProcess) => Promise<Result>,
): Promise<Result> {
  // In production, where Apollo Server answers no stack traces.
  const environment = { NODE_ENV: 'production' }
  const server = await startServiceProcess('gateway', environment, undefined, ENTRIES[name])
  try {
    return await measure(server)
  } finally {
    await server.stop()
  }
}
