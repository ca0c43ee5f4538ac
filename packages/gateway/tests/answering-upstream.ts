import type { CannedAnswer, SentRequest } from './gateway-in-process.ts'

/** A coupon as the wire has it: limited, so that all of its usage is told, and usable by anybody. */
const COUPON = {
  cpnNo: 'FRIENDS05',
  cpnId: '01a2175c-ae53-7770-a2e5-b19cb51c57b3',
  nm: 'Five friends: $5 off',
  discTypeIdx: 458,
  disc: 5,
  discCurrency: 'USD',
  formatDiscCurrency: '$5',
  strtYmd: '2026-11-01',
  endYmd: '',
  useLimit: 1,
  useCnt: 0,
  heldCnt: 0,
  userLimit: 1,
  onsiteYn: 'N',
  onsitePwd: '',
  memo: '',
}
const REDEMPTION = {
  redemptionId: '01a2175c-b834-7115-afcf-633e2f82b589',
  cpnNo: 'FRIENDS05',
  cpnId: COUPON.cpnId,
  status: 'REDEEMED',
  ordinal: 1,
  userId: 'user-9',
  memo: 'order 4711',
  idempotencyKey: 'example-redeem',
  takenAt: '2026-11-26T10:18:02.165Z',
  redeemedAt: '2026-11-26T10:18:02.320Z',
  expiresAt: '2026-11-26T10:28:02.165Z',
  endedAt: null,
  rollbackReason: null,
}

const RESULTS: Readonly<Record<string, (request: SentRequest) => unknown>> = {
  validate: () => COUPON,
  'validate/batch': ({ body }) =>
    JSON.parse(body ?? '{}').cpnNos.map((_: string, index: number) =>
      index % 2 === 0
        ? { valid: true, error: null, coupon: COUPON }
        : { valid: false, error: 'NOT_FOUND', coupon: null },
    ),
  redeem: () => ({ ...REDEMPTION, useCnt: 2, remaining: 3 }),
  reserve: () => ({
    reservationId: REDEMPTION.redemptionId,
    expiresAt: REDEMPTION.expiresAt,
    ordinal: 1,
  }),
  confirm: () => REDEMPTION,
  release: () => ({ ...REDEMPTION, status: 'RELEASED', endedAt: REDEMPTION.expiresAt }),
  rollback: () => ({ ...REDEMPTION, status: 'ROLLED_BACK', endedAt: REDEMPTION.expiresAt }),
  create: () => COUPON,
  update: () => COUPON,
  delete: () => null,
  redemptions: ({ path }) =>
    path.includes('idempotencyKey=') || path.includes('redemptions/')
      ? REDEMPTION
      : { redemptions: [REDEMPTION], nextCursor: REDEMPTION.redemptionId },
}

/** Answers each call of the REST API with a success. */
export function answerWithSuccess(request: SentRequest): CannedAnswer {
  const resource = /^\/api\/coupon\/v1\/(validate\/batch|\w+)/.exec(request.path)?.[1] ?? ''
  const result = RESULTS[resource]
  if (result === undefined) throw new Error(`no answer to ${request.method} ${request.path}`)
  return { status: 200, envelope: { code: 0, result: result(request) } }
}
