import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { SettleRequest } from './coupon-model.ts'
import type { Answer } from './history.ts'
import { ACCOUNT_ID, type ClientPlan } from './plan.ts'
import type { SimulatedProcess, Surroundings } from './simulated-process.ts'
import { POISON_MEMO } from './simulated-store.ts'

/**
 * Carries out its plan as a good client does: what may have had its effect is repeated with its own key until the
 * outcome is known, and never repeated without one.
 */
export async function runClient(
  name: string,
  plan: ClientPlan,
  processes: readonly SimulatedProcess[],
  { scheduler, random, network }: Surroundings,
): Promise<void> {
  const { code, userId, key, ttlSeconds, isPoison, next } = plan
  const take = {
    accountId: ACCOUNT_ID,
    code: code as CouponCode,
    userId,
    memo: isPoison ? POISON_MEMO : '',
    verifiedHash: null,
    key,
    fingerprint: [code, userId, ttlSeconds, isPoison].join(),
    ttlSeconds,
  }
  await scheduler.sleep(plan.startMs)
  const taken = await insist((process) => process.take(take), key !== null)
  if (taken?.outcome !== 'taken' && taken?.outcome !== 'replayed') return
  await scheduler.sleep(plan.thinkMs)
  switch (next) {
    case 'nothing':
      return
    case 'repeat':
      if (key !== null) await insist((process) => process.take(take), true)
      return
    default: {
      const step = next.toUpperCase() as SettleRequest['step']
      const request: SettleRequest = {
        step,
        accountId: ACCOUNT_ID,
        redemptionId: taken.answer.redemptionId,
        reason: step === 'ROLLBACK' ? 'changed my mind' : null,
        key: `${name}-${next}`,
        fingerprint: `${step},${taken.answer.redemptionId}`,
      }
      await insist((process) => process.settle(request), true)
    }
  }

  /** Sends a request until it has a verdict; null when there will be none. */
  async function insist<Verdict extends { readonly outcome: string }>(
    send: (process: SimulatedProcess) => Promise<Answer<Verdict>> | null,
    hasKey: boolean,
  ): Promise<Verdict | null> {
    let patience = plan.patience
    for (;;) {
      const answer = await post(send)
      switch (answer.kind) {
        case 'verdict': {
          const { verdict } = answer
          const isLater = 'retryAfterMs' in verdict || verdict.outcome === 'key-in-use'
          const isHeld = 'reason' in verdict && verdict.reason === 'ALL_HELD'
          if ((!isLater && !isHeld) || patience === 0) return verdict
          break
        }
        case 'failed':
          if (patience === 0) return null
          break
        case 'unknown':
          if (!hasKey) return null
          // Not knowing takes no patience away.
          patience += 1
          break
        case 'not sent':
          patience += 1
          break
      }
      patience -= 1
      await scheduler.sleep(random.integer(1, 40))
    }
  }

  /** One request over the network: the first answer that comes back, or the end of the client's wait. */
  function post<Verdict>(
    send: (process: SimulatedProcess) => Promise<Answer<Verdict>> | null,
  ): Promise<Posted<Verdict>> {
    const { promise, resolve } = Promise.withResolvers<Posted<Verdict>>()
    const isDuplicated = network.happens('request duplicated')
    const mayBeLost = network.isFaulty()
    for (let copy = 0; copy < (isDuplicated ? 2 : 1); copy += 1) {
      if (network.happens('request lost')) continue
      scheduler.after(network.delayMs(), () => {
        const answer = send(random.pick(processes))
        if (answer === null) {
          if (!isDuplicated) resolve({ kind: 'not sent' })
          return
        }
        answer.then((it) => {
          if (network.happens('answer lost')) return
          scheduler.after(network.delayMs(), () =>
            resolve(it.kind === 'crashed' ? { kind: 'unknown' } : it),
          )
        })
      })
    }
    if (mayBeLost) scheduler.after(plan.timeoutMs, () => resolve({ kind: 'unknown' }))
    return promise
  }
}

type Posted<Verdict> =
  | Exclude<Answer<Verdict>, { kind: 'crashed' }>
  /** No process was there to take it. */
  | { readonly kind: 'not sent' }
