import type { CouponCore, RedemptionFilter } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import type { Static } from 'typebox'
import { chooseMediaType } from '../accept-header.ts'
import { invalidInput } from '../api-error.ts'
import { whenCallerGone } from '../caller-gone.ts'
import { emptyToNull, readCpnNo, userId, wantedCpnNo } from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { type ExportMediaType, toExport } from '../export-format.ts'
import { sendStream } from '../export-stream.ts'
import { allowed } from '../messages/allowed.ts'
import type { Texts } from '../messages/en.ts'
import type { Phrase } from '../messages/texts.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { cursor, limit, pageAnswer, readPage } from '../page-fields.ts'
import { REDEMPTION_EXPORTS } from '../redemption-export.ts'
import {
  moment,
  REDEMPTION_EXAMPLE,
  readMoment,
  redemptionAnswer,
  STATUSES,
  toWireRedemption,
} from '../redemption-fields.ts'

const FORMAT_NAMES = Object.keys(REDEMPTION_EXPORTS) as ExportMediaType[]

const querystring = Type.Object(
  {
    cpnNo: Type.Optional({
      ...wantedCpnNo(),
      description: 'Of the coupons, deleted ones included, that have or had this number.',
    }),
    userId: Type.Optional(userId()),
    status: Type.Optional(
      Type.Enum(['', ...STATUSES], {
        allowed: allowed((it) => it.oneOfOrEmpty(STATUSES)),
        description: 'In this state now.',
      }),
    ),
    from: Type.Optional(moment('Taken at this moment or later.')),
    to: Type.Optional(moment('Taken before this moment.')),
    cursor: Type.Optional(cursor()),
    limit: Type.Optional(limit()),
    idempotencyKey: Type.Optional(
      Type.String({
        pattern: '^[!#-~]{1,255}$',
        allowed: allowed((it) => it.idempotencyKey),
        description: 'The redemption that was taken under this key, and nothing besides.',
        examples: ['order-1001'],
      }),
    ),
  },
  { additionalProperties: false },
)
type Query = Static<typeof querystring>

const description: RouteDescription = {
  operationId: 'listRedemptions',
  summary: 'Who used what, and when',
  description:
    'A page of the log, newest first: redemptions and reservations, in whatever state. With `Accept: text/csv` or `application/x-ndjson` all of it is streamed instead, without `limit`; `cursor`, the `redemptionId` of a row, continues after that row when a stream broke off. What is taken after the start is not in it. In CSV a text that a spreadsheet would run as a formula has an apostrophe in front. With `idempotencyKey` alone, `result` is the one redemption that was taken under it: what became of a call whose answer was lost.',
  tags: ['Log'],
  answers: {
    result: Type.Union([
      pageAnswer('redemptions', redemptionAnswer, 'RedemptionPage'),
      redemptionAnswer,
    ]),
    errors: ['REDEMPTION_NOT_FOUND'],
    examples: {
      'The last page': { redemptions: [REDEMPTION_EXAMPLE], nextCursor: null },
      'With idempotencyKey': REDEMPTION_EXAMPLE,
    },
    streams: { 'text/csv': Type.String(), 'application/x-ndjson': redemptionAnswer },
  },
}

/** `GET /redemptions` */
export const redemptionsRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    // HEAD would read all of an export to answer with nothing of it.
    const options = { schema: { ...description, querystring }, exposeHeadRoute: false }
    app.get('/redemptions', options, async (request, reply) => {
      const { query, caller } = request
      if (query.idempotencyKey !== undefined) {
        return answerByKey(reply, caller.accountId, {
          ...query,
          idempotencyKey: query.idempotencyKey,
        })
      }
      const filter = toFilter(caller.accountId, query)
      const format = chooseMediaType(request.headers.accept, FORMAT_NAMES)
      if (format !== undefined) {
        demandAbsent({ limit: query.limit }, ({ allowed }) => allowed.noLimitOfExport)
        const pages = core.streamRedemptions(filter, whenCallerGone(reply))
        return sendStream(
          reply,
          REDEMPTION_EXPORTS[format],
          toExport(REDEMPTION_EXPORTS[format], pages),
        )
      }
      const page = await core.listRedemptions({ ...filter, ...readPage(query) })
      return success({
        redemptions: page.redemptions.map(toWireRedemption),
        nextCursor: page.nextCursor,
      })
    })

    async function answerByKey(
      reply: FastifyReply,
      accountId: number,
      { idempotencyKey, ...others }: Query & { readonly idempotencyKey: string },
    ) {
      demandAbsent(others, ({ allowed }) => allowed.keyAlone)
      const redemption = await core.findRedemption(accountId, { idempotencyKey })
      return redemption === undefined
        ? refuse(reply, 'REDEMPTION_NOT_FOUND')
        : success(toWireRedemption(redemption))
    }
  }

/** @throws ApiError INVALID_INPUT */
function toFilter(accountId: number, query: Query): RedemptionFilter {
  const code = emptyToNull(query.cpnNo)
  return {
    accountId,
    code: code === null ? null : readCpnNo(code),
    userId: emptyToNull(query.userId),
    status: query.status === undefined || query.status === '' ? null : query.status,
    takenFrom: readMoment('from', query.from),
    takenBefore: readMoment('to', query.to),
    cursor: emptyToNull(query.cursor),
  }
}

/** Refuses what would be passed over. Empty is absent. */
function demandAbsent(fields: Readonly<Record<string, string | undefined>>, allowed: Phrase): void {
  const problems = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([field]) => ({ field, problem: ({ problems }: Texts) => problems.given, allowed }))
  if (problems.length > 0) throw invalidInput(problems)
}
