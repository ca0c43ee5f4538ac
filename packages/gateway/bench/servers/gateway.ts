import { fileURLToPath } from 'node:url'
import { readGatewayKeys } from '../../src/gateway-keys.ts'
import { buildGatewayServer } from '../../src/server.ts'
import { readGatewaySettings } from '../../src/settings.ts'
import { createInProcessUpstream } from '../in-process-upstream.ts'
import { BENCH_ENVIRONMENT } from './bench-caller.ts'

// The whole gateway, as it runs in production, but for its upstream.

const settings = readGatewaySettings({ ...process.env, ...BENCH_ENVIRONMENT })
const keys = await readGatewayKeys(fileURLToPath(new URL('keys.json', import.meta.url)), false)
const app = await buildGatewayServer(settings, keys, createInProcessUpstream())
await app.listen({ host: settings.host, port: settings.port })
process.once('SIGTERM', () => app.close().then(() => process.exit()))
process.send?.('ready')
