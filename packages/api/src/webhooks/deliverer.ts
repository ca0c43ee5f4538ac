import type { CouponCore } from '@coupon-gateway/core'
import type { Database } from '@coupon-gateway/database'
import { v4 as uuidv4 } from 'uuid'
import {
  type ClaimedDelivery,
  claimDeliveries,
  queueEvents,
  type Settlement,
  settleDelivery,
} from './delivery-store.ts'
import { decideRetry } from './retry-policy.ts'
import type { WebhookSender } from './send-webhook.ts'
import { toWebhookHeaders } from './webhook-headers.ts'

/**
 * Delivers webhooks, in any number of processes over one database:
 *
 *     outbox of the core ──► lane of a coupon number: event, event, …  ──► its first event ──► endpoint
 *                            lane …
 *
 * What holds:
 * - an event leaves the outbox in the transaction that queues it, and the queue once its endpoint has said that it has it:
 *   it arrives at least once, whatever dies in between;
 * - a lane is sent by one process at a time, and only its first event, until that is delivered or given up: the events of
 *   one coupon number arrive in their order, also over retries;
 * - an endpoint has so many deliveries under way in a process, and no more: one that hangs holds up none but its own.
 */
export interface WebhookDeliverer {
  /** Takes no more, and waits for the attempts under way. */
  stop(): Promise<void>
}

export interface DelivererParts {
  readonly core: CouponCore
  readonly database: Database
  readonly sender: WebhookSender
  readonly log: DeliveryLog
}

/** Where it says what went wrong; a logger of pino is one. */
export interface DeliveryLog {
  warn(fields: object, message: string): void
}

export interface DelivererOptions {
  /** How long an attempt takes at most; a claim holds for twice as long. */
  readonly timeoutMs: number
  /** How long to wait when there was nothing to do. */
  readonly pollMs: number
  /** Deliveries of an endpoint under way at a time. Default 10: fewer, and looking for the next ones is most of the work. */
  readonly perEndpoint?: number
}

/** Events that are queued in one transaction: it must end soon on a database that has one connection. */
const EVENTS_AT_ONCE = 200

export function startWebhookDeliverer(
  { core, database, sender, log }: DelivererParts,
  { timeoutMs, pollMs, perEndpoint = 10 }: DelivererOptions,
): WebhookDeliverer {
  const leaseMs = 2 * timeoutMs
  const running = new Map<number, number>()
  const underWay = new Set<Promise<void>>()
  let isStopping = false
  let wake = () => {}
  let isWoken = false

  async function work(): Promise<void> {
    while (!isStopping) {
      isWoken = false
      const isIdle = await moveOn().catch((error: unknown) => {
        log.warn({ err: error }, 'webhooks could not be read, and wait')
        return true
      })
      if (isIdle && !isWoken && !isStopping) await sleep()
    }
  }

  /** @returns whether there was nothing to do */
  async function moveOn(): Promise<boolean> {
    const queued = await core.takeEvents(EVENTS_AT_ONCE, queueEvents)
    const claimed = await claimDeliveries(database, { perEndpoint, running, leaseMs })
    for (const delivery of claimed) {
      const { endpointId } = delivery
      running.set(endpointId, (running.get(endpointId) ?? 0) + 1)
      const delivering = deliver(delivery).finally(() => {
        const others = (running.get(endpointId) ?? 1) - 1
        if (others === 0) running.delete(endpointId)
        else running.set(endpointId, others)
        underWay.delete(delivering)
        // There is room again, and the lane may have another event.
        isWoken = true
        wake()
      })
      underWay.add(delivering)
    }
    return queued === 0 && claimed.length === 0
  }

  async function deliver(delivery: ClaimedDelivery): Promise<void> {
    const { eventId, endpointId, failures } = delivery
    const requestId = uuidv4()
    try {
      const settlement = await attempt(delivery, requestId)
      if (settlement.outcome !== 'delivered') {
        const { outcome, failure } = settlement
        const fields = { eventId, requestId, endpointId, failures: failures + 1, outcome, failure }
        log.warn(fields, 'webhook was not delivered')
      }
      await settleDelivery(database, delivery, settlement)
    } catch (error) {
      // Its claim lapses, and it is delivered again.
      log.warn({ err: error, eventId, requestId }, 'webhook was sent and could not be settled')
    }
  }

  async function attempt(delivery: ClaimedDelivery, requestId: string): Promise<Settlement> {
    const { secret, previousSecret } = delivery
    const headers = toWebhookHeaders({
      ...delivery,
      requestId,
      timestampSeconds: Math.floor(Date.now() / 1_000),
      secrets: previousSecret === null ? [secret] : [secret, previousSecret],
    })
    const sent = await sender.send(delivery.url, headers, delivery.body)
    if (sent.outcome === 'delivered') return sent
    const { failure } = sent
    const decision = decideRetry(delivery.failures + 1, delivery.ageMs, Math.random())
    return decision.kind === 'dead'
      ? { outcome: 'dead', failure }
      : { outcome: 'retry', delayMs: decision.delayMs, failure }
  }

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function finish(): Promise<void> {
    isStopping = true
    wake()
    await working
    await Promise.all(underWay)
    await sender.close()
  }

  const working = work()
  let finished: Promise<void> | undefined
  return {
    stop() {
      finished ??= finish()
      return finished
    },
  }
}
