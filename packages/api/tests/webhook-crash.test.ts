import { openCouponCore } from '@coupon-gateway/core'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { describe, expect, it } from 'vitest'
import { createAccount } from '../src/accounts.ts'
import { generateApiKey } from '../src/api-key-text.ts'
import { openApiKeys, storeApiKey } from '../src/api-keys.ts'
import { openDatabase } from '../src/open-database.ts'
import { readApiSettings } from '../src/settings.ts'
import { setEndpoint } from '../src/webhooks/endpoints.ts'
import { call, type DatabasePlace, startApiProcess } from './api-under-test.ts'
import { accept, findDisorder, startWebhookReceiver } from './webhook-receiver.ts'
import { DATABASES } from './webhooks-under-test.ts'

const USERS = 120
const COUPONS = 3
/** At so many attempts the process is killed, in the middle of one; less often where each start is slow. */
const KILLS_AT = { PostgreSQL: [10, 60], PGlite: [30] }

describe.each(DATABASES)('kill -9 of the api, on %s', (name, makePlace) => {
  it('loses no event, neither in the outbox nor on its way, and keeps the order', async () => {
    const place = await makePlace()
    const kills = KILLS_AT[name].length
    const killAt = [...KILLS_AT[name]]
    let secret = ''
    let api: ServiceProcess | undefined
    let killed: Promise<void> | undefined
    const receiver = await startWebhookReceiver(
      () => [secret],
      (arrival, response) => {
        const isFatal = killed === undefined && receiver.arrivals.length >= (killAt[0] ?? Infinity)
        if (!isFatal) return accept(arrival, response)
        // It has the event, and its answer finds nobody.
        killAt.shift()
        arrival.accepted = true
        killed = api?.kill()
      },
    )
    const key = generateApiKey()
    secret = await prepare(place, key, receiver.url)

    const start = () =>
      startApiProcess({
        ...place,
        // A claim of the process that died lapses after twice the time of an attempt.
        environment: {
          ...place.environment,
          WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
          WEBHOOK_POLL_MS: '20',
          WEBHOOK_TIMEOUT_MS: '1000',
        },
      })
    api = await start()
    const ask = (path: string, method: string, body: object) =>
      call(api?.url ?? '', path, {
        method,
        key,
        body,
        headers: { Prefer: 'return=representation' },
      }).catch(() => undefined)
    const codes: string[] = []
    for (let count = 0; count < COUPONS; count += 1) {
      const created = await ask('/create', 'POST', {
        ...{ discTypeIdx: 457, disc: 10, useLimit: USERS, webhookEnableYn: 'Y' },
      })
      codes.push(created?.body.result.cpnNo)
    }
    const redeemed = new Set<string>()
    const redeemAll = async () => {
      await Promise.all(
        Array.from({ length: USERS }, async (_, user) => {
          const cpnNo = codes[user % COUPONS] ?? ''
          const answer = await ask('/redeem', 'PUT', { cpnNo, userId: `user-${user}` })
          if (answer?.body.code === 0) redeemed.add(answer.body.result.redemptionId)
        }),
      )
    }
    for (let count = 0; count < kills; count += 1) {
      await redeemAll()
      await expect.poll(() => killed !== undefined, { timeout: 20_000 }).toBe(true)
      await killed
      killed = undefined
      api = await start()
    }
    await redeemAll()

    const arrived = () => new Set(receiver.arrivals.map(({ body }) => body.redemption.redemptionId))
    await expect
      .poll(() => new Set(receiver.arrivals.map(({ body }) => body.redemption.userId)).size, {
        timeout: 30_000,
      })
      .toBe(USERS)
    // Everything that was answered arrived, and what was granted without an answer too: each user has his use.
    expect([...redeemed].filter((id) => !arrived().has(id))).toEqual([])
    expect(arrived().size).toBe(USERS)
    expect(findDisorder(receiver.arrivals)).toEqual([])
    expect(receiver.unsigned).toEqual([])
    expect(killAt).toEqual([])
    // What was answered to a dead process came again, under its id.
    expect(receiver.arrivals.length).toBeGreaterThanOrEqual(USERS + kills)
    await api.stop()
    await receiver.close()
    await place.remove()
  }, 120_000)
})

/** Makes an account with a key and an endpoint. @returns the endpoint's secret */
async function prepare(place: DatabasePlace, key: string, url: string): Promise<string> {
  const database = await openDatabase(readApiSettings(place.environment).database)
  const core = await openCouponCore(database)
  await openApiKeys(database)
  const shop = { name: 'shop', timeZone: 'UTC', plan: 'enterprise', agreedLimits: null } as const
  const created = await createAccount(core, database, shop)
  if (created.outcome !== 'created') throw new Error('there is an account already')
  const accountId = created.account.id
  await storeApiKey(database, key, { accountId, label: 'test', rateLimitsLifted: true })
  const { secret } = await setEndpoint(database, { accountId, groupId: null, url })
  await database.close()
  return secret ?? ''
}
