import type { RedemptionPage } from '@coupon-gateway/client'
import type { RedemptionConnection } from '@coupon-gateway/schema'
import { gatewayError } from '../gateway-error.ts'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '../list-sizes.ts'
import { toRedemption } from './redemption-answer.ts'

/** Arguments of a connection, as GraphQL has them. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/** @throws GraphQLError BAD_USER_INPUT */
export function readPageArguments({ first, after }: PageArguments) {
  const limit = first ?? PAGE_SIZE
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    throw gatewayError(
      'BAD_USER_INPUT',
      `\`first\` must be an integer from 1 to ${MAX_PAGE_SIZE}, got ${limit}.`,
    )
  }
  return { limit, cursor: after == null ? null : readCursor(after) }
}

/**
 * Makes Relay's connection of a page of the log.
 * @see https://relay.dev/graphql/connections.htm
 */
export function toConnection(
  { redemptions, nextCursor }: RedemptionPage,
  { after }: PageArguments,
): RedemptionConnection {
  const nodes = redemptions.map(toRedemption)
  const edges = nodes.map((node) => ({ node, cursor: writeCursor(node.id) }))
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: nextCursor !== null,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

/** A page that can have nothing in it. */
export const EMPTY_PAGE: RedemptionPage = { redemptions: [], nextCursor: null }

/** The upstream reads on after any row, by its id, a UUID. Written so that nobody takes one for the other. */
const CURSOR = /^redemption:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function writeCursor(id: string): string {
  return Buffer.from(`redemption:${id}`).toString('base64url')
}

function readCursor(after: string): string {
  const id = CURSOR.exec(Buffer.from(after, 'base64url').toString('latin1'))?.[1]
  if (id !== undefined && writeCursor(id) === after) return id
  throw gatewayError('BAD_USER_INPUT', '`after` must be a cursor that an earlier page gave.')
}
