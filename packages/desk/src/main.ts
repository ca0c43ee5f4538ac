import { runService } from '@coupon-gateway/service'
import { readDeskSettings } from './settings.ts'
import { startDesk } from './start-desk.ts'

await runService('desk', () => startDesk(readDeskSettings(process.env)))
