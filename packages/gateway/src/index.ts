export { type GatewaySettings, readGatewaySettings } from './settings.ts'
export { startGateway } from './start-gateway.ts'
