import type { ListRedemptionsInput } from '@coupon-gateway/client'
import type { QueryResolvers, RedemptionFilter } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { readCode, readUserId } from './arguments.ts'
import { EMPTY_PAGE, readPageArguments, toConnection } from './redemption-connection.ts'

export const redemptions: NonNullable<QueryResolvers<GatewayContext>['redemptions']> = async (
  _parent,
  { filter, ...page },
  context,
) => {
  requireScope(context, 'redemption:read')
  const input = { ...readPageArguments(page), ...readFilter(filter ?? {}) }
  const { status } = input
  // What is not settled, or never was, is not in the log.
  if (status === 'PENDING' || status === 'REJECTED') return toConnection(EMPTY_PAGE, page)
  const found = await context.calls.make((options) =>
    context.upstream.listRedemptions({ ...input, status }, options),
  )
  return toConnection(found, page)
}

/** @throws GraphQLError BAD_USER_INPUT */
function readFilter({ code, userId, status, takenFrom, takenBefore }: RedemptionFilter) {
  return {
    code: code == null ? null : readCode(code, 'filter.code'),
    userId: readUserId(userId, 'filter.userId'),
    status,
    takenFrom: toDate(takenFrom),
    takenBefore: toDate(takenBefore),
  } satisfies Omit<ListRedemptionsInput, 'status'> & Pick<RedemptionFilter, 'status'>
}

/** A moment is a text in the types that clients have, and read when it gets here. */
function toDate(moment: string | null | undefined): Date | null {
  return moment == null ? null : new Date(moment)
}
