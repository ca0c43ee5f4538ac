import type { UpstreamClient, ValidateResult } from '@coupon-gateway/client'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import DataLoader from 'dataloader'
import type { GatewayMetrics } from './observability/gateway-metrics.ts'
import type { UpstreamCalls } from './upstream-calls.ts'

/** As many as the upstream takes. */
const MAX_CODES_OF_CALL = 100

/** Everything that changes the answer. */
export interface ValidationQuestion {
  readonly code: CouponCode
  readonly userId: string | null
}

export type ValidationLoader = DataLoader<ValidationQuestion, ValidateResult, string>

export interface ValidationLoaderParts {
  readonly upstream: UpstreamClient
  readonly calls: UpstreamCalls
  /** Whether the upstream takes many codes in one call. */
  readonly validatesMany: boolean
  readonly metrics: GatewayMetrics | null
}

/**
 * Loads validations of one operation: the same question is asked once, and those that are asked together go in
 * one call where the upstream has one. Each pays for itself all the same.
 */
export function createValidationLoader(parts: ValidationLoaderParts): ValidationLoader {
  const { upstream, calls, validatesMany, metrics } = parts

  async function validateForUser(questions: readonly ValidationQuestion[], userId: string | null) {
    const [question, ...others] = questions
    if (question !== undefined && others.length === 0) {
      return [await calls.make((options) => upstream.validate(question, options), question.code)]
    }
    return calls.makeForEach(questions, (paid, options) =>
      upstream.validateMany({ codes: paid.map(({ code }) => code), userId }, options),
    )
  }

  /** What fails for one user leaves the answers for the others. */
  async function validateOrFail(
    questions: readonly ValidationQuestion[],
    userId: string | null,
  ): Promise<readonly (ValidateResult | Error)[]> {
    try {
      return await validateForUser(questions, userId)
    } catch (error) {
      return questions.map(() => error as Error)
    }
  }

  const loader = new DataLoader<ValidationQuestion, ValidateResult, string>(
    async function validateTogether(questions) {
      metrics?.countBatch(questions.length)
      const byUser = Map.groupBy(questions, ({ userId }) => userId)
      const answers = await Promise.all(
        [...byUser].map(async ([userId, asked]) => {
          const results = await validateOrFail(asked, userId)
          return asked.map((question, index) => [question, results[index]] as const)
        }),
      )
      const answerOf = new Map(answers.flat())
      return questions.map((question) => answerOf.get(question) ?? new Error('no answer'))
    },
    {
      batch: validatesMany,
      maxBatchSize: MAX_CODES_OF_CALL,
      cacheKeyFn: ({ code, userId }) => JSON.stringify([code, userId]),
    },
  )
  return metrics === null ? loader : countLoads(loader, metrics)
}

/** Of questions, those that came in a batch are new, and the others were answered by an earlier one. */
function countLoads(loader: ValidationLoader, metrics: GatewayMetrics): ValidationLoader {
  const load = loader.load.bind(loader)
  loader.load = (question) => {
    metrics.countLoad()
    return load(question)
  }
  return loader
}
