import { once } from 'node:events'
import { openPostgres } from '@coupon-gateway/database'
import { openCouponCore } from '../src/index.ts'
import { codeOf, redeemMany } from './hot-coupon.ts'

// One of two processes on one coupon: warms up, says so, waits for the word, redeems, says so.

const [url = '', account = '', total = '', inFlight = ''] = process.argv.slice(2)
const database = openPostgres(url)
const subject = { core: await openCouponCore(database), database, accountId: Number(account) }
const load = { inFlight: Number(inFlight), codeFor: () => codeOf(0) }
await redeemMany(subject, { ...load, total: 2 * load.inFlight })
process.stdout.write('warm\n')
await once(process.stdin, 'data')
await redeemMany(subject, { ...load, total: Number(total) })
process.stdout.write('done\n')
process.stdin.destroy()
await database.close()
