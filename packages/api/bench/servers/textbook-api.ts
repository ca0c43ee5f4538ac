import { runService } from '@coupon-gateway/service'
import { readApiSettings } from '../../src/settings.ts'
import { startApi } from '../../src/start-api.ts'

// The api with `begin`, `select … for update`, `commit` for each redemption, all else as in production.

await runService('textbook api', () =>
  startApi(readApiSettings(process.env), { strategy: 'textbook' }),
)
