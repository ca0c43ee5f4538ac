import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'

/** The servers that are compared, each a process of its own. */
const ENTRIES = {
  api: new URL('../src/main.ts', import.meta.url),
  'textbook api': new URL('./servers/textbook-api.ts', import.meta.url),
  'bare Fastify': new URL('./servers/bare-fastify.ts', import.meta.url),
} as const

export type ServerName = keyof typeof ENTRIES

/** Runs a server while it is measured. Fastify without a logger logs nothing, so neither does ours of a call that went well. */
export async function withServer<Result>(
  name: ServerName,
  environment: Readonly<Record<string, string>>,
  measure: (server: ServiceProcess) => Promise<Result>,
): Promise<Result> {
  const server = await startServiceProcess(
    'api',
    { LOG_LEVEL: 'warn', ...environment },
    undefined,
    ENTRIES[name],
  )
  try {
    return await measure(server)
  } finally {
    await server.stop()
  }
}
