import { runService } from '@coupon-gateway/service'
import { readGatewaySettings } from './settings.ts'
import { startGateway } from './start-gateway.ts'

await runService('gateway', () => startGateway(readGatewaySettings(process.env)))
