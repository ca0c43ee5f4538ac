import { createServer } from 'node:http'
import type { CouponStore } from './coupon-store.ts'
import { peerApp } from './peer-app.ts'

/** Where a peer listens, from the environment, under the names that the api has for it. */
export interface PeerSettings {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly apiKey: string
}

/** @throws Error naming the variable that is missing or wrong */
export function readPeerSettings(env: Readonly<NodeJS.ProcessEnv>): PeerSettings {
  const port = Number(env.API_PORT ?? 4001)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`API_PORT must be an integer from 0 to 65535, got ${env.API_PORT}`)
  }
  if (env.DATABASE_URL === undefined || env.DATABASE_URL === '') {
    throw new Error('DATABASE_URL must be the URL of a PostgreSQL database, got nothing')
  }
  return {
    host: env.HOST ?? '127.0.0.1',
    port,
    databaseUrl: env.DATABASE_URL,
    apiKey: env.PEER_API_KEY ?? 'demo_personal_key',
  }
}

/** Listens until SIGTERM, then answers what has come in, and closes the store. */
export function servePeer(store: CouponStore, { host, port, apiKey }: PeerSettings): void {
  const server = createServer(peerApp(store, apiKey))
  server.listen(port, host, () => {
    console.log(`listens on http://${host}:${port}`)
    // Whoever started the process, and has a channel to it, waits for this.
    process.send?.('ready')
  })
  const stop = () => server.close(() => store.close().then(() => process.exit()))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Nobody is left to stop us.
  process.once('disconnect', stop)
}
