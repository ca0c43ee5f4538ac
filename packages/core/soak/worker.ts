import { setTimeout as sleep } from 'node:timers/promises'
import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { openPostgres } from '@coupon-gateway/database'
import { openCouponCore } from '../src/index.ts'
import { carryOut, type Line, type Operation } from './operation.ts'

// One of two processes of the soak: mixed operations until it is killed, or told to stop by the end of its input.

const [url = '', account = '', name = '', perSecond = ''] = process.argv.slice(2)
const accountId = Number(account)
const CALLERS = 32
const COUPONS = 12
const LIMITS = [0, 1, 5, 100, 1_000, 10_000]

const database = openPostgres(url)
const core = await openCouponCore(database)
const coupons = new Array(COUPONS).fill(undefined).map(() => generateCouponCode(12))
const reservations: string[] = []
const redemptions: string[] = []
let sequence = 0
let isStopping = false

process.stdin.resume().once('end', () => {
  isStopping = true
})

for (const index of coupons.keys()) await renewCoupon(index)
await Promise.all(Array.from({ length: CALLERS }, work))
await database.close()

async function work(): Promise<void> {
  const pauseMs = (CALLERS * 1_000) / Number(perSecond)
  while (!isStopping) {
    await sleep(pauseMs * 2 * Math.random())
    // Coupons are used up in time, so new ones take their place; the old are deleted while they are redeemed.
    if (Math.random() < 0.002) await renewCoupon(Math.floor(Math.random() * COUPONS))
    else await perform(nextOperation())
  }
}

async function perform(operation: Operation): Promise<void> {
  write({ event: 'call', operation })
  try {
    const told = await carryOut(core, accountId, operation)
    write({ event: 'told', key: operation.key, told })
    if (told.outcome === 'reserved' && told.redemptionId) reservations.push(told.redemptionId)
    if (told.outcome === 'redeemed' && told.redemptionId) redemptions.push(told.redemptionId)
  } catch {
    // The outcome is not known: the parent finds it out with the key.
  }
}

function nextOperation(): Operation {
  sequence += 1
  const key = `${name}-${process.pid}-${sequence}`
  const chance = Math.random()
  const reservation = chance < 0.2 ? takeOne(reservations) : undefined
  if (reservation !== undefined) {
    return { kind: chance < 0.13 ? 'confirm' : 'release', key, redemptionId: reservation }
  }
  const redemption = chance > 0.93 ? takeOne(redemptions) : undefined
  if (redemption !== undefined) return { kind: 'rollback', key, redemptionId: redemption }
  const code = coupons[Math.floor(Math.random() ** 2 * COUPONS)] ?? generateCouponCode(12)
  const userId = `user-${Math.floor(Math.random() * 5_000)}`
  return chance > 0.6
    ? { kind: 'reserve', key, code, userId, ttlSeconds: 1 + Math.floor(Math.random() * 20) }
    : { kind: 'redeem', key, code, userId }
}

/** Usually removed; sometimes left, so that it is settled twice. */
function takeOne(ids: string[]): string | undefined {
  const index = Math.floor(Math.random() * ids.length)
  return Math.random() < 0.05 ? ids[index] : ids.splice(index, 1)[0]
}

async function renewCoupon(index: number): Promise<void> {
  const old = coupons[index]
  const code = generateCouponCode(12)
  coupons[index] = code
  if (old !== undefined) await core.delete({ accountId, code: old, idempotencyKey: null })
  await core.create({
    accountId,
    code,
    coupon: {
      discountKind: 'percent',
      discount: 10,
      useLimit: LIMITS[index % LIMITS.length] ?? 0,
      userLimit: 1 + (index % 3),
    },
    idempotencyKey: null,
  })
}

function write(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
