import Fastify from 'fastify'

// What any service on Fastify pays for reading these calls and answering the same bodies: nothing is checked, decided,
// logged or stored. `BARE_COUPON` is the coupon that validate answers, as JSON.

const { HOST: host = '127.0.0.1', API_PORT: port, BARE_COUPON: coupon = 'null' } = process.env

const app = Fastify({ forceCloseConnections: true })
const redeemed = { code: 0, message: '', result: null }
const validated = { code: 0, message: '', result: JSON.parse(coupon) }
app.post('/api/coupon/v1/redeem', async () => redeemed)
app.get('/api/coupon/v1/validate', async () => validated)
await app.listen({ host, port: Number(port) })
process.once('SIGTERM', () => app.close().then(() => process.exit()))
process.send?.('ready')
