import {
  type CouponCore,
  type CreateCouponInput,
  openCouponCore,
  saveGroup,
} from '@coupon-gateway/core'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { openApiKeys } from '../src/api-keys.ts'
import { parseNetwork } from '../src/webhooks/address-rules.ts'
import {
  type DelivererOptions,
  startWebhookDeliverer,
  type WebhookDeliverer,
} from '../src/webhooks/deliverer.ts'
import { createWebhookSender } from '../src/webhooks/send-webhook.ts'
import { onPglite, onPostgres } from './api-under-test.ts'

/** A core and its webhooks in this process, over a database of their own. */
export interface WebhooksUnderTest {
  readonly core: CouponCore
  readonly database: Database
  readonly accountId: number
  /** Starts a deliverer, as a process has one, until it or the next `reset` stops it. */
  start(options?: Partial<DelivererOptions>): WebhookDeliverer
  create(coupon?: Partial<CreateCouponInput['coupon']>): Promise<CouponCode>
  /** Redeems once for each user, one after the other, and answers with the ids of the redemptions. */
  redeem(code: CouponCode, ...userIds: string[]): Promise<string[]>
  /** Lets time go on for what waits: it is due, and was queued, so many seconds earlier. No clock is moved. */
  letTimePass(seconds: number): Promise<void>
  /** Ends when nothing waits any more. What was put off is due at once. */
  deliverAll(): Promise<void>
  /** Stops the deliverers, and forgets all endpoints and events. @throws AggregateError what failed in the database */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Groups that the account has. */
const GROUP_IDS = [7, 9]

/** Named as `describe.each` shows them. */
export const DATABASES = [
  ['PostgreSQL', onPostgres],
  ['PGlite', onPglite],
] as const

export async function openWebhooks(
  makePlace: (typeof DATABASES)[number][1],
): Promise<WebhooksUnderTest> {
  const place = await makePlace()
  const { DATABASE_URL: url, DATA_DIR: folder = '' } = place.environment
  const database = url === undefined ? await openPglite(folder) : openPostgres(url)
  const core = await openCouponCore(database)
  await openApiKeys(database)
  const { id: accountId } = await core.ensureAccount('shop', 'UTC')
  for (const id of GROUP_IDS) {
    await saveGroup(database, { accountId, kind: 'group', id, name: '', settings: {} })
  }
  const loopback = parseNetwork('127.0.0.0/8')
  if (loopback === undefined) throw new Error('loopback is no network')
  const deliverers: WebhookDeliverer[] = []
  const mishaps: unknown[] = []

  return {
    core,
    database,
    accountId,
    start(options = {}) {
      const all = { timeoutMs: 2_000, pollMs: 10, ...options }
      const sender = createWebhookSender({ ...all, allowedNetworks: [loopback] })
      // An attempt that failed is a test's business; what failed in the database is nobody's plan.
      const log = {
        warn: ({ err }: { err?: unknown }) => void (err !== undefined && mishaps.push(err)),
      }
      const deliverer = startWebhookDeliverer({ core, database, sender, log }, all)
      deliverers.push(deliverer)
      return deliverer
    },
    async create(coupon = {}) {
      const created = await core.create({
        accountId,
        code: { generateLength: 12 },
        coupon: { discountKind: 'percent', discount: 10, webhookEnabled: true, ...coupon },
        idempotencyKey: null,
      })
      if (created.outcome !== 'created') throw new Error(JSON.stringify(created))
      return created.coupon.code
    },
    async redeem(code, ...userIds) {
      const ids: string[] = []
      for (const userId of userIds) {
        const redeemed = await core.redeem({
          accountId,
          code,
          userId,
          memo: `memo of ${userId}`,
          onsitePassword: null,
          caller: 'test',
          idempotencyKey: null,
        })
        if (redeemed.outcome !== 'redeemed') throw new Error(JSON.stringify(redeemed))
        ids.push(redeemed.redemption.redemptionId)
      }
      return ids
    },
    async letTimePass(seconds) {
      await database.query(
        'update webhook_lane set due_at = due_at - make_interval(secs => $1) where claim is null',
        [seconds],
      )
      await database.query(
        'update webhook_delivery set queued_at = queued_at - make_interval(secs => $1)',
        [seconds],
      )
    },
    async deliverAll() {
      for (;;) {
        const [row] = await database.query<{ waiting: number }>(
          `select (select count(*)::int from coupon_event)
             + (select count(*)::int from webhook_delivery where dead_at is null) as waiting`,
        )
        if (row?.waiting === 0 || mishaps.length > 0) return
        await database.query('update webhook_lane set due_at = now() where claim is null')
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    async reset() {
      await Promise.all(deliverers.splice(0).map((deliverer) => deliverer.stop()))
      await database.execute('delete from webhook_endpoint; delete from coupon_event')
      const found = mishaps.splice(0)
      if (found.length > 0) throw new AggregateError(found, `the database refused: ${found[0]}`)
    },
    async close() {
      await database.close()
      await place.remove()
    },
  }
}
