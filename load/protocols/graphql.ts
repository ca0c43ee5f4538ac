import {
  type Call,
  type CallAnswer,
  type CallRequest,
  PAGE_ROWS,
  ROLLBACK_REASON,
  TTL_SECONDS,
} from '../call.ts'
import type { Endpoint, Operation, Outcome } from '../plan.ts'
import { outcomeOfFailure, parseJson, unexpected } from './outcome-of-failure.ts'

/** An operation of the gateway: its document, its variables, and the root field that answers. */
interface GraphqlOperation {
  readonly field: string
  readonly document: string
  readonly variables: (call: Call) => object
}

const TAKEN = 'redemption { id ordinal expiresAt } replayed userErrors { code }'
const SETTLED = 'redemption { id } replayed userErrors { code }'
const LOG: GraphqlOperation = {
  field: 'redemptions',
  document: `query Redemptions($filter: RedemptionFilter, $first: Int, $after: String) {
    redemptions(filter: $filter, first: $first, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor }
    }
  }`,
  variables: ({ coupon, user, after }) => ({
    filter: { code: coupon, userId: user ?? undefined },
    first: PAGE_ROWS,
    after,
  }),
}

const OPERATIONS: Readonly<Record<Operation, GraphqlOperation>> = {
  validate: {
    field: 'validateCoupon',
    document:
      'query Validate($code: String!, $userId: ID) { validateCoupon(code: $code, userId: $userId) { valid reason } }',
    variables: ({ coupon, user }) => ({ code: coupon, userId: user }),
  },
  redeem: mutation('redeemCoupon', TAKEN, takeInput),
  reserve: mutation('reserveCoupon', TAKEN, (call) => ({
    ...takeInput(call),
    ttlSeconds: TTL_SECONDS,
  })),
  confirm: mutation('confirmReservation', SETTLED, reservationInput),
  release: mutation('releaseReservation', SETTLED, reservationInput),
  rollback: mutation('rollbackRedemption', SETTLED, ({ redemptionId, key }) => ({
    redemptionId,
    reason: ROLLBACK_REASON,
    idempotencyKey: key,
  })),
  create: mutation('createCoupon', 'replayed userErrors { code }', (call) => ({
    code: call.coupon,
    name: 'load',
    discount: { percent: '10' },
    useLimit: call.limit,
    userLimit: call.userLimit,
    onsite: call.password === undefined ? undefined : true,
    onsitePassword: call.password,
    idempotencyKey: call.key,
  })),
  'raise-limit': mutation(
    'updateCoupon',
    'replayed userErrors { code }',
    ({ coupon, limit, key }) => ({ code: coupon, useLimit: limit, idempotencyKey: key }),
  ),
  delete: mutation('deleteCoupon', 'replayed userErrors { code }', ({ coupon, key }) => ({
    code: coupon,
    idempotencyKey: key,
  })),
  list: LOG,
  // GraphQL has no export: a client reads page after page.
  export: LOG,
}

/** The request of a call to the gateway. */
export function graphqlRequest({ url, key }: Endpoint, call: Call): CallRequest {
  const { document, variables } = OPERATIONS[call.operation]
  return {
    method: 'POST',
    url,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: document, variables: variables(call) }),
  }
}

/** What the answer of the gateway to a call says. */
export function readGraphqlAnswer(call: Call, answer: CallAnswer): Outcome {
  const parsed = parseJson(answer.body) as GraphqlAnswer | undefined
  const payload = parsed?.data?.[OPERATIONS[call.operation].field]
  const code = parsed?.errors?.[0]?.extensions?.code ?? payload?.userErrors?.[0]?.code
  const failure = outcomeOfFailure(answer, code)
  if (failure !== undefined) return failure
  if (answer.status !== 200 || !payload || parsed?.errors !== undefined) return unexpected(answer)
  return readPayload(call, payload) ?? unexpected(answer)
}

interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, Payload | null>> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** What the root fields answer, each of them some of this. */
interface Payload {
  readonly redemption?: {
    readonly id: string
    readonly ordinal?: number | null
    readonly expiresAt?: string | null
  } | null
  readonly replayed?: boolean
  readonly userErrors?: readonly { readonly code: string }[]
  readonly valid?: boolean
  readonly reason?: string | null
  readonly nodes?: readonly { readonly id: string }[]
  readonly pageInfo?: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

function readPayload({ operation }: Call, payload: Payload): Outcome | undefined {
  const {
    redemption,
    replayed = false,
    userErrors,
    valid,
    reason = null,
    nodes,
    pageInfo,
  } = payload
  const [refusal] = userErrors ?? []
  switch (operation) {
    case 'validate':
      return valid === undefined ? undefined : { kind: 'validated', valid, reason }
    case 'list':
    case 'export':
      return nodes === undefined || pageInfo === undefined
        ? undefined
        : {
            kind: 'listed',
            rows: nodes.length,
            next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
            ids: nodes.map(({ id }) => id),
          }
    case 'redeem':
    case 'reserve':
      if (redemption) {
        const { id, ordinal = null, expiresAt } = redemption
        const granted = { kind: 'granted', redemptionId: id, ordinal, replayed } as const
        return expiresAt ? { ...granted, expiresAt: Date.parse(expiresAt) } : granted
      }
      return refusal && { kind: 'rejected', reason: refusal.code }
    default:
      if (refusal) return { kind: 'rejected', reason: refusal.code }
      return userErrors && { kind: 'done', replayed }
  }
}

function mutation(
  field: string,
  selection: string,
  input: (call: Call) => object,
): GraphqlOperation {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`
  return {
    field,
    document: `mutation ${type}($input: ${type}Input!) { ${field}(input: $input) { ${selection} } }`,
    variables: (call) => ({ input: input(call) }),
  }
}

function takeInput({ coupon, user, key, password }: Call): object {
  return {
    code: coupon,
    userId: user ?? undefined,
    onsitePassword: password,
    idempotencyKey: key,
  }
}

function reservationInput({ redemptionId, key }: Call): object {
  return { reservationId: redemptionId, idempotencyKey: key }
}
