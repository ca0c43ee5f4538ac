import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Answer, KeyRefusal, Verdict } from './attempt-outcome.ts'
import { openBudget } from './budget/open-budget.ts'
import type { RateBudgetState } from './budget/rate-budget-state.ts'
import type { CallEffect } from './call.ts'
import { requireCode, requireHeaderText } from './call-input.ts'
import { withCallTrace } from './call-trace.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { resolveOptions, type UpstreamClientOptions } from './client-options.ts'
import { type ConfirmInput, type ConfirmResult, confirmOperation } from './confirm.ts'
import { type CreateInput, type CreateResult, createOperation } from './create.ts'
import { type DeleteInput, type DeleteResult, deleteOperation } from './delete.ts'
import {
  type FindRedemptionInput,
  type FindRedemptionResult,
  findRedemptionOperation,
} from './find-redemption.ts'
import { hostedExtensions } from './hosted-extensions.ts'
import type { JournalStep } from './journal/journal-step.ts'
import { openJournalStage } from './journal/open-journal-stage.ts'
import { type ReportedUse, type ReportOutcome, recordUse } from './journal/record-use.ts'
import {
  type ListRedemptionsInput,
  listRedemptionsOperation,
  type RedemptionPage,
} from './list-redemptions.ts'
import { createOpenCalls } from './open-calls.ts'
import type { KeyedInput, OperationRequest, ReadOperation, WriteOperation } from './operation.ts'
import { createPipeline } from './pipeline.ts'
import { type RedeemInput, type RedeemResult, redeemOperation } from './redeem.ts'
import type { WriteRefusal } from './rejection.ts'
import { type ReleaseInput, type ReleaseResult, releaseOperation } from './release.ts'
import { type ReserveInput, type ReserveResult, reserveOperation } from './reserve.ts'
import { createRetryBudget } from './retry-budget.ts'
import { type RollbackInput, type RollbackResult, rollbackOperation } from './rollback.ts'
import { type UpdateInput, type UpdateResult, updateOperation } from './update.ts'
import { BadResponseError, UnansweredError } from './upstream-error.ts'
import { ABILITIES } from './upstream-profile.ts'
import { rotateUpstreams } from './upstream-rotation.ts'
import { type ValidateInput, type ValidateResult, validateOperation } from './validate.ts'
import { type ValidateManyInput, validateManyOperation } from './validate-many.ts'
import { shareValidations, type ValidationQuestion } from './validation-sharing.ts'
import { toWireRequest } from './wire-request.ts'

export interface CallOptions {
  /** Longest time of this call with all its waiting and retries; default the client's. */
  readonly deadlineMs?: number | undefined
  /**
   * Gives the call up: ends waiting, and a read under way. It does not end a write that was sent: that is
   * awaited, and its result is the call's. No retry follows: when the write's outcome is not known by then,
   * the call fails with OUTCOME_UNKNOWN.
   */
  readonly signal?: AbortSignal | undefined
  /** Goes out as `X-Request-Id`, so that the upstream's log can be found. 1 to 255 visible ASCII characters. */
  readonly requestId?: string | undefined
}

/**
 * The coupon REST API. A coupon that cannot be used is a result; a call that failed throws one of
 * `AnyUpstreamError`, and `isUpstreamError` tells it from other errors.
 */
export interface UpstreamClient {
  /** Says whether a coupon could be redeemed now. Changes nothing and promises nothing. */
  validate(input: ValidateInput, options?: CallOptions): Promise<ValidateResult>
  /** Redeems a coupon once, however often the call has to be sent. */
  redeem(input: RedeemInput, options?: CallOptions): Promise<RedeemResult>
  /** Validates up to 100 coupons in one call, in the order asked. A hosted upstream takes a call for each. */
  validateMany(input: ValidateManyInput, options?: CallOptions): Promise<readonly ValidateResult[]>
  /**
   * Holds a unit of a coupon until it is confirmed, released or its time is over.
   *
   * On a hosted upstream this and the next four calls are the journal's: only the clients of one journal know of a
   * reservation, and only a single use outside a shop can be rolled back, by deleting its coupon and creating it
   * again. Without a journal `rollback` is rejected with ROLLBACK_UNSUPPORTED, and the others fail with UNSUPPORTED.
   */
  reserve(input: ReserveInput, options?: CallOptions): Promise<ReserveResult>
  /** Makes a reservation a redemption. Confirming again answers the same. */
  confirm(input: ConfirmInput, options?: CallOptions): Promise<ConfirmResult>
  /** Gives the unit of a reservation back. Releasing again changes nothing. */
  release(input: ReleaseInput, options?: CallOptions): Promise<ReleaseResult>
  /** Gives the unit of a redemption back, exactly once. */
  rollback(input: RollbackInput, options?: CallOptions): Promise<RollbackResult>
  /** Finds a redemption by its id, or by the key that it was taken under. */
  findRedemption(input: FindRedemptionInput, options?: CallOptions): Promise<FindRedemptionResult>
  /** Reads a page of the log, newest first. UNSUPPORTED on a hosted upstream. */
  listRedemptions(input: ListRedemptionsInput, options?: CallOptions): Promise<RedemptionPage>
  create(input: CreateInput, options?: CallOptions): Promise<CreateResult>
  /** Changes settings of a coupon. */
  update(input: UpdateInput, options?: CallOptions): Promise<UpdateResult>
  /** Deletes a coupon for good; its code becomes free. */
  delete(input: DeleteInput, options?: CallOptions): Promise<DeleteResult>
  /** How much of the key's budget is used. Makes no call. */
  rateBudget(): Promise<RateBudgetState>
  /**
   * For a client with a journal: takes the upstream's report of a use, from an event or a log, for proof of the
   * redemption whose key is in its memo. Reports may come twice and late.
   */
  recordUse(use: ReportedUse): Promise<ReportOutcome>
  /** Takes no more calls (they fail with ABORTED), lets those under way come to their end, and closes the connections. */
  close(): Promise<void>
}

/**
 * Opens a client. It connects at its first call, and holds connections until it is closed.
 *
 * @throws RangeError an option is out of its bounds
 * @example
 * const client = createUpstreamClient({
 *   urls: ['http://127.0.0.1:4001'],
 *   apiKey: 'demo_personal_key',
 *   profile: 'native',
 * })
 * const result = await client.redeem({ code: 'welcome-10', userId: 'user-1' })
 * if (result.outcome === 'redeemed') console.log(result.redemption.id)
 * await client.close()
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { urls, apiKey, profile, userAgent, openTransport, journal, ...settings } =
    resolveOptions(options)
  const { clock, random, hooks } = settings
  const upstreams = urls.map((url, index) => ({
    index,
    transport: openTransport(url),
    breaker: createCircuitBreaker({
      clock,
      random,
      onChange: (state) => hooks.onBreaker?.({ upstream: index, state }),
    }),
    retryBudget: createRetryBudget(),
  }))
  const budget = openBudget(apiKey, settings)
  const journalStage =
    journal === null
      ? null
      : openJournalStage({
          ...settings,
          ...journal,
          look: lookAtCoupon,
          deleteCoupon: (code, deadlineMs) =>
            writeForJournal(deleteOperation.toRequest({ code }), deadlineMs),
          createCoupon: (code, restored, deadlineMs) =>
            writeForJournal(createOperation.toRequest({ code, settings: restored }), deadlineMs),
        })
  const runPipeline = createPipeline({
    ...settings,
    budget,
    upstreams: rotateUpstreams(upstreams),
    journal: journalStage,
  })
  const abilities = ABILITIES[profile]
  const validations = shareValidations({
    ...settings,
    ask: askValidation,
  })
  const calls = createOpenCalls()
  let callCount = 0
  let closed: Promise<void> | undefined

  const headersOfEveryCall = {
    authorization: `APIKey ${apiKey}`,
    accept: 'application/json',
    'accept-language': 'en',
    'user-agent': userAgent,
    // The coupon with a rejection, the redemption with a redeem. Who does not know it ignores it.
    prefer: 'return=representation',
  }

  function run(
    request: OperationRequest,
    effect: CallEffect,
    { deadlineMs = settings.deadlineMs, signal, requestId }: CallOptions,
    journalStep: JournalStep | null = null,
  ): Promise<Answer> {
    const headers: Record<string, string> = { ...headersOfEveryCall }
    if (requestId !== undefined) headers['x-request-id'] = requireHeaderText('requestId', requestId)
    if (request.body !== undefined) headers['content-type'] = 'application/json'
    if (effect.kind === 'write' && abilities.keepsIdempotencyKeys) {
      headers['idempotency-key'] = effect.idempotencyKey
    }
    callCount += 1
    const info = { id: callCount, operation: request.resource, kind: effect.kind, requestId }
    return withCallTrace(info, (trace) =>
      runPipeline({
        request: toWireRequest(request, headers),
        effect,
        journalStep,
        info,
        isSafeToRepeat: effect.kind === 'read' || abilities.keepsIdempotencyKeys,
        deadlineMs,
        signal,
        trace,
      }),
    )
  }

  const writeForJournal = (request: OperationRequest, deadlineMs: number) =>
    run(request, { kind: 'write', idempotencyKey: randomUUID() }, { deadlineMs })

  /** For the journal: past every cache, and also while the client is closing. */
  function lookAtCoupon(code: CouponCode, deadlineMs: number): Promise<ValidateResult> {
    return askValidation({ code, userId: null }, { deadlineMs })
  }

  async function askValidation(
    question: ValidationQuestion,
    options: CallOptions,
  ): Promise<ValidateResult> {
    const request = validateOperation.toRequest(question, abilities)
    const answer = await run(request, { kind: 'read' }, options)
    if (isVerdict(answer)) return validateOperation.toResult(answer)
    throw new BadResponseError('the upstream refused a key that was not sent')
  }

  function accept<Result>(call: () => Promise<Result>): Promise<Result> {
    if (closed) return Promise.reject(new UnansweredError('ABORTED', 'the client is closed'))
    return calls.track(call())
  }

  function reading<Input, Result>({
    toRequest,
    toResult,
    toJournalStep,
  }: ReadOperation<Input, Result>) {
    return (input: Input, options: CallOptions = {}): Promise<Result> =>
      accept(async function read() {
        const step = toJournalStep?.(input)
        const answer = await run(toRequest(input, abilities), { kind: 'read' }, options, step)
        if (isVerdict(answer)) return toResult(answer)
        throw new BadResponseError('the upstream refused a key that was not sent')
      })
  }

  function writing<Input extends KeyedInput, Result>(operation: WriteOperation<Input, Result>) {
    return (input: Input, options: CallOptions = {}): Promise<Result | WriteRefusal> =>
      accept(async function write() {
        const idempotencyKey = requireHeaderText(
          'idempotencyKey',
          input.idempotencyKey ?? randomUUID(),
        )
        const effect = { kind: 'write', idempotencyKey } as const
        const step = operation.toJournalStep?.(input)
        const request = operation.toRequest(input)
        const code = codeOf(request)
        validations.forget(code)
        try {
          const answer = await run(request, effect, options, step)
          return isVerdict(answer)
            ? operation.toResult(answer, idempotencyKey)
            : toWriteRefusal(answer)
        } finally {
          validations.forget(code)
        }
      })
  }

  const validate = (
    { code, userId }: ValidateInput,
    { deadlineMs = settings.deadlineMs, signal, requestId }: CallOptions = {},
  ): Promise<ValidateResult> =>
    accept(async function validateOnce() {
      if (requestId !== undefined) requireHeaderText('requestId', requestId)
      const asked = abilities.validatesForUser ? (userId ?? null) : null
      const question = { code: requireCode(code), userId: asked }
      return validations.validate(question, { deadlineMs, signal, requestId })
    })

  // On a hosted upstream the journal's stage does them, and nothing of them is sent as it is.
  const stepsOfRedemptions = {
    reserve: writing(reserveOperation),
    confirm: writing(confirmOperation),
    release: writing(releaseOperation),
    rollback: writing(rollbackOperation),
    findRedemption: reading(findRedemptionOperation),
  }
  const extensions =
    profile === 'hosted'
      ? { ...hostedExtensions({ validate }), ...(journalStage === null ? {} : stepsOfRedemptions) }
      : {
          ...stepsOfRedemptions,
          validateMany: reading(validateManyOperation),
          listRedemptions: reading(listRedemptionsOperation),
        }

  return {
    ...extensions,
    validate,
    redeem: writing(redeemOperation),
    create: writing(createOperation),
    update: writing(updateOperation),
    delete: writing(deleteOperation),
    rateBudget: () => budget.read(),
    recordUse: (use) =>
      accept(async () =>
        journalStage === null
          ? 'not-ours'
          : journalStage.journal.transaction((it) =>
              recordUse(it, { ...use, code: requireCode(use.code) }),
            ),
      ),
    close() {
      closed ??= calls
        .whenNone()
        .then(() => journalStage?.close())
        .then(() => Promise.all(upstreams.map(({ transport }) => transport.close())))
        .then(() => budget.close())
      return closed
    },
  }
}

/** The coupon that a write is about; null where the request does not name it. */
function codeOf({ body, query }: OperationRequest): CouponCode | null {
  return ((body?.cpnNo ?? query?.cpnNo) as CouponCode | undefined) ?? null
}

function isVerdict(answer: Answer): answer is Verdict {
  return answer.kind === 'done' || answer.kind === 'rejected'
}

function toWriteRefusal(refusal: KeyRefusal): WriteRefusal {
  return refusal.kind === 'key-reused'
    ? { outcome: 'key-reused' }
    : { outcome: 'key-in-use', retryAfterMs: refusal.retryAfterMs }
}
