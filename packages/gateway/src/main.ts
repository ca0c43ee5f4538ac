import { readWorkerNumber, runService } from '@coupon-gateway/service'
import { readGatewaySettings } from './settings.ts'
import { startGateway } from './start-gateway.ts'
import { startGatewayCluster } from './start-gateway-cluster.ts'
import { toWorkerSettings } from './worker-share.ts'

await runService('gateway', () => {
  const settings = readGatewaySettings(process.env)
  const worker = readWorkerNumber(process.env)
  if (worker !== null) return startGateway(toWorkerSettings(settings), worker)
  return settings.workers > 1 ? startGatewayCluster(settings) : startGateway(settings, null)
})
