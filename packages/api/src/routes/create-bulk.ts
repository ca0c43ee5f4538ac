import { Readable } from 'node:stream'
import { type BulkCreation, type CouponCore, MAX_BULK_COUNT } from '@coupon-gateway/core'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalidInput } from '../api-error.ts'
import { whenCallerGone } from '../caller-gone.ts'
import {
  CODE_LENGTHS,
  couponFields,
  cpnNoDigits,
  DEFAULT_CODE_LENGTH,
  disc,
  discTypeIdx,
  invalidFields,
  toNewCoupon,
} from '../coupon-fields.ts'
import { failure } from '../envelope.ts'
import { toLoggedApiError } from '../error-handler.ts'
import { languageOf } from '../language.ts'
import { allowed } from '../messages/allowed.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { errorEnvelope } from '../openapi/envelopes.ts'
import { markReplay, requireIdempotencyKey } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

/** A client that reads nothing for so long is given up. It can take the stream up again. */
const STALLED_READER_MS = 60_000

/** What one line of the answer is. */
const line = Type.Union([
  Type.Object(
    { cpnNo: Type.String({ pattern: '^[A-Z0-9]{8,16}$', description: 'The number of a coupon.' }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { done: Type.Literal(true), count: Type.Integer({ description: 'Codes before this line.' }) },
    { additionalProperties: false, description: 'The last line, when all coupons are made.' },
  ),
  ...(['OVERLOADED', 'UNAVAILABLE', 'INTERNAL'] as const).map((error) => errorEnvelope(error)),
])

const description: RouteDescription = {
  operationId: 'createBulk',
  summary: 'Create many coupons',
  description:
    'As many coupons as `count` says, alike but for their generated numbers. The answer is NDJSON: a line `{"cpnNo":"…"}` for each coupon, after it is stored, and at the very end `{"done":true,"count":…}`. An answer without that last line is not complete, whatever ended it; an error in the middle is the last line instead, in the envelope. Then, or after a lost connection, send the same request with the same `Idempotency-Key`: the answer begins with the same numbers in the same order, and goes on where the work stopped, so that no coupon is made twice and none is missing. Read as fast as you can use it: the service makes no more than you read, and gives up a connection on which nothing was read for a minute. Numbers that could be guessed are refused: for many coupons take 12 or 16 `cpnNoDigits`.',
  tags: ['Coupons'],
  parameters: ['RequiredIdempotencyKey'],
  answers: { errors: [], streams: { 'application/x-ndjson': line } },
}

/** `POST /create/bulk` */
export const createBulkRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const body = Type.Object(
      {
        ...couponFields(app.profile),
        count: Type.Integer({
          minimum: 1,
          maximum: MAX_BULK_COUNT,
          allowed: allowed((it) => it.integer(1, MAX_BULK_COUNT)),
          description: 'How many coupons.',
          examples: [1000],
        }),
        cpnNoDigits: cpnNoDigits(),
        discTypeIdx: discTypeIdx(),
        disc: disc(),
      },
      {
        additionalProperties: false,
        examples: [{ count: 1000, nm: 'Autumn letter', discTypeIdx: 457, disc: 10, useLimit: 1 }],
      },
    )
    let isStopping = false
    app.addHook('preClose', async () => {
      isStopping = true
    })

    app.post('/create/bulk', { schema: { ...description, body } }, async (request, reply) => {
      const idempotencyKey = requireIdempotencyKey(request)
      const { count, cpnNoDigits: length = DEFAULT_CODE_LENGTH, ...fields } = request.body
      const result = await core.createBulk({
        accountId: request.caller.accountId,
        count,
        codeShape: { length },
        ...toNewCoupon(fields),
        idempotencyKey,
      })
      switch (result.outcome) {
        case 'started': {
          const lines = await streamLines(request, reply, result.creation, () => isStopping)
          markReplay(reply, result.replayed)
          reply.raw.setTimeout(STALLED_READER_MS)
          return reply.type('application/x-ndjson').send(Readable.from(lines))
        }
        case 'invalid':
          throw invalidFields(result.problems)
        case 'too-dense': {
          const lengths = CODE_LENGTHS.filter((it) => it >= (result.shortestLength ?? Infinity))
          throw invalidInput([
            {
              field: 'cpnNoDigits',
              problem: ({ problems }) => problems.guessable(length, count, result.existing),
              allowed: ({ allowed }) =>
                lengths.length === 0 ? allowed.smallerCount : allowed.oneOf(lengths),
            },
          ])
        }
        default:
          return refuseWrite(reply, result)
      }
    })
  }

/** Resolves when there is a first line: what fails before is an error like that of any other call. */
async function streamLines(
  request: FastifyRequest,
  reply: FastifyReply,
  creation: BulkCreation,
  isStopping: () => boolean,
): Promise<AsyncGenerator<string>> {
  const chunks = creation.codes(whenCallerGone(reply))
  const first = await chunks.next()
  const terms = { profile: request.server.profile, language: languageOf(request) }
  const toErrorLine = ({ symbol, details }: ApiError) =>
    `${JSON.stringify(failure(terms, symbol, details).body)}\n`

  return (async function* toLines() {
    try {
      for (let next = first; !next.done; next = await chunks.next()) {
        yield next.value.map(toLine).join('')
        if (isStopping()) {
          yield toErrorLine(new ApiError('UNAVAILABLE'))
          return
        }
      }
      yield `${JSON.stringify({ done: true, count: creation.count })}\n`
    } catch (error) {
      yield toErrorLine(toLoggedApiError(error as FastifyError, request))
    } finally {
      // Also when the client is gone: the work stops after the chunk that is under way.
      await chunks.return()
    }
  })()
}

function toLine(code: CouponCode): string {
  return `{"cpnNo":"${code}"}\n`
}
