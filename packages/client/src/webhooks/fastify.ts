import type { FastifyInstance } from 'fastify'
import { createWebhookReceiver, type WebhookReceiverOptions } from './webhook-receiver.ts'

export interface WebhooksPluginOptions extends WebhookReceiverOptions {
  /** Where they come in, such as `/coupon-events`. */
  readonly path: string
}

/** A webhook with every text full is some 10 kB. */
const BODY_LIMIT_BYTES = 64 * 1024

/**
 * Fastify plugin: receives webhooks at a path, by POST. Bodies are kept as they came there, and only there.
 *
 * @example
 * await app.register(webhooks, {
 *   path: '/coupon-events',
 *   secrets: [secret],
 *   handle: ({ event }) => console.log(event),
 * })
 */
export async function webhooks(
  app: FastifyInstance,
  { path, ...options }: WebhooksPluginOptions,
): Promise<void> {
  const receiver = createWebhookReceiver(options)
  // Of this plugin's own part of the app: other routes keep their parsers.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post(path, { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const result = await receiver.receive({ headers: request.headers, rawBody })
    reply.code(result.status)
    if (result.outcome !== 'refused') return
    request.log.warn({ reason: result.reason }, 'webhook was refused')
    // Not why: who signs does not need to know, and who tries to is not told.
    return { error: 'webhook refused' }
  })
}
