import { runService } from '@coupon-gateway/service'
import { readApiSettings } from './settings.ts'
import { startApi } from './start-api.ts'

await runService('api', () => startApi(readApiSettings(process.env)))
