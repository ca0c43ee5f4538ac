import type { IdempotencyKey } from '@coupon-gateway/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalidInput } from './api-error.ts'

/** Visible ASCII, bare or as the quoted string of the draft. */
const IDEMPOTENCY_KEY = /^("?)([\x21\x23-\x7e]{1,255})\1$/

/**
 * Reads `Idempotency-Key`, which is optional on the calls of the contract.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
export function readIdempotencyKey(request: FastifyRequest): IdempotencyKey | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  const key = typeof header === 'string' ? IDEMPOTENCY_KEY.exec(header)?.[2] : undefined
  if (key === undefined) {
    throw invalidInput([
      {
        field: 'Idempotency-Key',
        problem: ({ problems }) => problems.notIdempotencyKey,
        allowed: ({ allowed }) => allowed.idempotencyKey,
      },
    ])
  }
  return key
}

/** Reads `Idempotency-Key` of a call that needs one. @throws ApiError IDEMPOTENCY_KEY_REQUIRED */
export function requireIdempotencyKey(request: FastifyRequest): IdempotencyKey {
  const key = readIdempotencyKey(request)
  if (key === null) throw new ApiError('IDEMPOTENCY_KEY_REQUIRED')
  return key
}

/** Marks an answer that was given before. */
export function markReplay(reply: FastifyReply, replayed: boolean): void {
  if (replayed) reply.header('Idempotency-Replayed', 'true')
}

/**
 * Whether the caller asks for more than the contract's answer, with `Prefer: return=representation`.
 * @see https://www.rfc-editor.org/rfc/rfc7240
 */
export function wantsRepresentation(request: FastifyRequest, reply: FastifyReply): boolean {
  const prefer = request.headers.prefer ?? ''
  const isAsked = /(^|[\s,;])return=representation($|[\s,;])/i.test(String(prefer))
  if (isAsked) reply.header('Preference-Applied', 'return=representation')
  return isAsked
}
