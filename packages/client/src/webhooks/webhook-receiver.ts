import { createMemorySeenEvents, type SeenEvents } from './seen-events.ts'
import {
  requireSecrets,
  requireTolerance,
  type VerifyOptions,
  verifyWebhook,
  type Webhook,
  type WebhookRefusal,
  type WebhookRequest,
} from './verify-webhook.ts'

export interface WebhookReceiverOptions extends Omit<VerifyOptions, 'secrets'> {
  /** Any of them will do. A function is asked at every webhook, so that a rotation needs no restart. */
  readonly secrets: readonly string[] | (() => readonly string[] | Promise<readonly string[]>)
  /**
   * Takes an event, each once. What it throws lets the sender try again. The sender waits 5 seconds: work that takes
   * longer is put into a queue here, and done after.
   */
  readonly handle: (webhook: Webhook) => Promise<void> | void
  /** Default: in the memory of this process. */
  readonly seenEvents?: SeenEvents
}

/** What became of a request; `status` is for its answer. */
export type ReceiveResult =
  | { readonly outcome: 'handled'; readonly status: 204; readonly webhook: Webhook }
  /** It was handled before. */
  | { readonly outcome: 'duplicate'; readonly status: 204; readonly webhook: Webhook }
  /** An earlier attempt is being handled and may yet fail, so that the sender is to try again. */
  | { readonly outcome: 'handling'; readonly status: 409; readonly webhook: Webhook }
  | {
      readonly outcome: 'refused'
      readonly status: 400 | 401
      readonly reason: WebhookRefusal
    }

export interface WebhookReceiver {
  /** @throws what `handle` or `seenEvents` throw: answer with 500, and the sender tries again */
  receive(request: WebhookRequest): Promise<ReceiveResult>
}

/**
 * Receives webhooks: each event is handled once, whoever sends it again.
 *
 * @throws RangeError an option is out of its bounds
 */
export function createWebhookReceiver({
  secrets,
  handle,
  seenEvents = createMemorySeenEvents(),
  ...options
}: WebhookReceiverOptions): WebhookReceiver {
  if (typeof secrets !== 'function') requireSecrets(secrets)
  if (options.toleranceSeconds !== undefined) requireTolerance(options.toleranceSeconds)
  return {
    async receive(request) {
      const current = typeof secrets === 'function' ? await secrets() : secrets
      const verified = verifyWebhook(request, { ...options, secrets: current })
      if (verified.outcome === 'refused') {
        const { reason } = verified
        return { outcome: 'refused', status: reason === 'INCOMPLETE' ? 400 : 401, reason }
      }
      const { webhook } = verified
      const { eventId } = webhook
      const claim = await seenEvents.claim(eventId)
      if (claim === 'handled') return { outcome: 'duplicate', status: 204, webhook }
      if (claim === 'handling') return { outcome: 'handling', status: 409, webhook }
      try {
        await handle(webhook)
      } catch (error) {
        await seenEvents.release(eventId)
        throw error
      }
      await seenEvents.confirm(eventId)
      return { outcome: 'handled', status: 204, webhook }
    },
  }
}
