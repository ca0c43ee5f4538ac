import { requireCode } from './call-input.ts'
import { isRecord } from './envelope.ts'
import {
  type LoggedRedemption,
  type RedemptionStatus,
  readLoggedRedemption,
} from './logged-redemption.ts'
import type { ReadOperation } from './operation.ts'
import { requireDone } from './rejection.ts'
import { BadResponseError } from './upstream-error.ts'
import { textOrNull } from './wire-value.ts'

/** Which page of the log; what is left out restricts nothing. */
export interface ListRedemptionsInput {
  /** Of this code, by deleted coupons too. As typed: hyphens, spaces and lower case are fine. */
  readonly code?: string | null | undefined
  readonly userId?: string | null | undefined
  /** In this state now. */
  readonly status?: RedemptionStatus | null | undefined
  /** Taken at this moment or later. */
  readonly takenFrom?: Date | null | undefined
  /** Taken before this moment. */
  readonly takenBefore?: Date | null | undefined
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined
  /** Most redemptions of the page, 1 to 1000; the upstream's default is 100. */
  readonly limit?: number | null | undefined
}

/** A page of the log, newest first. */
export interface RedemptionPage {
  readonly redemptions: readonly LoggedRedemption[]
  /** `cursor` of the next page; null on the last one. */
  readonly nextCursor: string | null
}

export const listRedemptionsOperation: ReadOperation<ListRedemptionsInput, RedemptionPage> = {
  toRequest: ({ code, userId, status, takenFrom, takenBefore, cursor, limit }) => ({
    method: 'GET',
    resource: 'redemptions',
    query: {
      cpnNo: code == null ? undefined : requireCode(code),
      userId: userId ?? undefined,
      status: status ?? undefined,
      from: takenFrom?.toISOString(),
      to: takenBefore?.toISOString(),
      cursor: cursor ?? undefined,
      limit: limit?.toString(),
    },
  }),
  toResult(verdict) {
    const result = requireDone(verdict)
    if (!isRecord(result) || !Array.isArray(result.redemptions)) {
      throw new BadResponseError('the upstream answered without a page of redemptions')
    }
    return {
      redemptions: result.redemptions.map(readLoggedRedemption),
      nextCursor: textOrNull(result.nextCursor),
    }
  },
}
