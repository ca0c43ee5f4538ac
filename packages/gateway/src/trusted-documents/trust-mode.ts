import type { FastifyRequest } from 'fastify'
import { hashOf } from './manifest.ts'
import type { RefusedRequest, RequestMembers } from './recognize.ts'

/** What becomes of a document that is not trusted: it is answered, answered and logged, or refused. */
export const TRUST_MODES = ['off', 'log', 'enforce'] as const
export type TrustMode = (typeof TRUST_MODES)[number]

/** Judges a request that names no trusted document. */
export type JudgeOtherDocument = (
  request: FastifyRequest,
  members: RequestMembers,
) => { readonly kind: 'other' } | RefusedRequest

const OTHER = { kind: 'other' } as const
const REFUSED = {
  kind: 'refused',
  status: 403,
  code: 'QUERY_NOT_IN_SAFELIST',
  message: 'This gateway answers trusted documents only, and this is none of them.',
} as const satisfies RefusedRequest

export function createJudgeOfOthers(mode: TrustMode): JudgeOtherDocument {
  return (request, { query }) => {
    // No document at all: what the request lacks is the better answer.
    if (mode === 'off' || typeof query !== 'string' || query === '') return OTHER
    // Its hash and not its text, which may hold codes and passwords.
    request.log.info(
      { sha256: hashOf(query), caller: request.caller.id, mode },
      'a document that is not trusted',
    )
    return mode === 'enforce' ? REFUSED : OTHER
  }
}
