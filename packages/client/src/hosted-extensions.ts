import type { UpstreamClient } from './upstream-client.ts'
import { UnsupportedError } from './upstream-error.ts'
import { requireCodes } from './validate-many.ts'

/** The calls that a hosted upstream does not have. */
export type ExtensionName =
  | 'validateMany'
  | 'reserve'
  | 'confirm'
  | 'release'
  | 'rollback'
  | 'findRedemption'
  | 'listRedemptions'

/**
 * What becomes of them there without a journal: many codes are validated one by one, and the rest has to be refused,
 * since there is nobody to keep its promise.
 */
export function hostedExtensions({
  validate,
}: Pick<UpstreamClient, 'validate'>): Pick<UpstreamClient, ExtensionName> {
  return {
    async validateMany({ codes, userId }, options) {
      return Promise.all(requireCodes(codes).map((code) => validate({ code, userId }, options)))
    },
    reserve: () => refuse('reserve'),
    confirm: () => refuse('confirm'),
    release: () => refuse('release'),
    async rollback() {
      return { outcome: 'rejected', reason: 'ROLLBACK_UNSUPPORTED' }
    },
    findRedemption: () => refuse('findRedemption'),
    listRedemptions: () => refuse('listRedemptions'),
  }
}

function refuse(operation: ExtensionName): Promise<never> {
  return Promise.reject(new UnsupportedError(`a hosted upstream has nothing for ${operation}`))
}
