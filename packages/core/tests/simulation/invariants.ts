import {
  checkBoundedCounter,
  type Redeem,
  type TakeRejectionReason,
} from '@coupon-gateway/linearizability'
import type { Overloaded, Take, TakenUnit, TakeVerdict } from '../../src/take.ts'
import type { ModelUnit } from './coupon-model.ts'
import type { Call, History, Picture } from './history.ts'
import { POISON_MEMO, POISON_MESSAGE } from './simulated-store.ts'

type TakeCall = Call<Take, TakeVerdict | Overloaded>

/** What must hold after every run: each answers with what breaks it. */
export const INVARIANTS: readonly ((history: History) => Iterable<string>)[] = [
  limitsAreKept,
  ordinalsAreDense,
  everyKeyHasOneEffect,
  answersOfOneKeyAreEqual,
  nothingAnsweredIsLost,
  onlyWhatWasTakenHasAnEffect,
  rejectionsWereTrue,
  historiesAreLinearizable,
  badItemsFailAlone,
  everybodyIsAnswered,
  ({ breaches }) => breaches,
]

/** Rules 1 and 2, at every moment. */
function* limitsAreKept({ coupons, pictures }: History) {
  for (const [index, { code, useLimit, userLimit }] of coupons.entries()) {
    for (const [tick, picture] of pictures.entries()) {
      const { live, liveOfUsers } = picture[index] as Picture[number]
      if (useLimit > 0 && live > useLimit) {
        yield `at ${tick} ${live} units of ${code} are live, the limit is ${useLimit}`
      }
      for (const [userId, count] of liveOfUsers) {
        if (count > userLimit) yield `at ${tick} ${userId} has ${count} units of ${code}`
      }
    }
  }
}

function* ordinalsAreDense({ coupons, units }: History) {
  for (const { code, useLimit } of coupons) {
    const ordinals = units.filter((unit) => unit.code === code).map(({ ordinal }) => ordinal)
    const expected = ordinals.map((_, index) => (useLimit > 0 ? index + 1 : null))
    if (ordinals.join() !== expected.join()) yield `${code} has the ordinals ${ordinals}`
  }
}

/** Rule 8. */
function* everyKeyHasOneEffect({ units }: History) {
  const keys = units.flatMap(({ key }) => key ?? [])
  const doubles = keys.filter((key, index) => keys.indexOf(key) < index)
  for (const key of doubles) yield `${key} took more than one unit`
}

/** Rule 8, for those who were told of an effect. */
function* answersOfOneKeyAreEqual({ takes, settles }: History) {
  const answers = new Map<string, string>()
  for (const { request, answer } of [...takes, ...settles]) {
    if (request.key === null || answer?.kind !== 'verdict' || !('answer' in answer.verdict)) {
      continue
    }
    const text = JSON.stringify(answer.verdict.answer)
    const known = answers.get(request.key) ?? text
    answers.set(request.key, known)
    if (text !== known) yield `${request.key} was answered ${known} and ${text}`
  }
}

/** Whoever was told of a unit has it, and what was settled stays so. */
function* nothingAnsweredIsLost({ takes, settles, units }: History) {
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  for (const { request, answer } of takes) {
    if (answer?.kind !== 'verdict' || !('answer' in answer.verdict)) continue
    const { outcome, answer: told } = answer.verdict
    const unit = byId.get(told.redemptionId)
    if (unit === undefined || !isUnitOf(unit, request, told)) {
      yield `${request.id} was told of ${told.redemptionId}, which is not its unit`
    } else if ((outcome === 'taken') !== (unit.id === request.id)) {
      yield `${request.id} was told ${outcome} of ${unit.id}`
    } else if (told.redeemedAt !== null && !FOLLOWING.REDEEMED.includes(unit.status)) {
      yield `${request.id} was told of a redemption, and it is ${unit.status}`
    }
  }
  for (const { request, answer } of settles) {
    if (answer?.kind !== 'verdict' || !('answer' in answer.verdict)) continue
    const { status } = answer.verdict.answer
    const now = byId.get(request.redemptionId)?.status
    if (now === undefined || !FOLLOWING[status].includes(now)) {
      yield `${request.redemptionId} was answered to be ${status}, and is ${now}`
    }
  }
}

/** The states in which a unit may be after it was in one. */
const FOLLOWING: Record<ModelUnit['status'], readonly ModelUnit['status'][]> = {
  RESERVED: ['RESERVED', 'REDEEMED', 'RELEASED', 'EXPIRED', 'ROLLED_BACK'],
  REDEEMED: ['REDEEMED', 'ROLLED_BACK'],
  RELEASED: ['RELEASED'],
  EXPIRED: ['EXPIRED', 'REDEEMED', 'ROLLED_BACK'],
  ROLLED_BACK: ['ROLLED_BACK'],
}

function isUnitOf(unit: ModelUnit, request: Take, told: TakenUnit): boolean {
  return (
    unit.code === request.code &&
    unit.userId === request.userId &&
    unit.key === request.key &&
    unit.ordinal === told.ordinal &&
    (unit.expiresAt === null) === (request.ttlSeconds === null) &&
    (request.key !== null || unit.id === request.id)
  )
}

/** A request that was told anything but a unit of its own, and not that its outcome is unknown, has taken none. */
function* onlyWhatWasTakenHasAnEffect({ takes, units }: History) {
  const ids = new Set(units.map(({ id }) => id))
  for (const { request, answer } of takes) {
    if (answer?.kind !== 'verdict' && answer?.kind !== 'failed') continue
    const told = answer.kind === 'failed' ? answer.message : answer.verdict.outcome
    if (told !== 'taken' && ids.has(request.id)) {
      yield `${request.id} was told "${told}", and yet it took a unit`
    }
  }
}

/** Nobody was told of a limit that was not reached at any moment between call and answer. */
function* rejectionsWereTrue({ coupons, takes, units, pictures }: History) {
  for (const { request, calledAt, answer, answeredAt } of takes) {
    if (answer?.kind !== 'verdict' || answeredAt === null) continue
    const { verdict } = answer
    const index = coupons.findIndex(({ code }) => code === request.code)
    const { useLimit, userLimit } = coupons[index] as History['coupons'][number]
    const wasSo = (isSo: (picture: Picture[number]) => boolean) =>
      pictures.slice(calledAt, answeredAt + 1).some((it) => isSo(it[index] as Picture[number]))
    const who = `${request.id}, from ${calledAt} to ${answeredAt},`
    switch (verdict.outcome) {
      case 'taken':
      case 'replayed':
      case 'overloaded':
        break
      case 'rejected':
        if (!wasSo((picture) => isTrue(verdict.reason, picture, request, useLimit, userLimit))) {
          yield `${who} was told ${verdict.reason}, which was not so`
        }
        break
      case 'key-reused':
        if (!units.some(({ key, id }) => key === request.key && id !== request.id)) {
          yield `${who} was told key-reused, and its key had no effect`
        }
        break
      default:
        yield `${who} was told ${verdict.outcome}`
    }
  }
}

function isTrue(
  reason: string,
  { redeemed, live, liveOfUsers }: Picture[number],
  { userId }: Take,
  useLimit: number,
  userLimit: number,
): boolean {
  switch (reason) {
    case 'EXHAUSTED':
      return useLimit > 0 && redeemed >= useLimit
    case 'ALL_HELD':
      return useLimit > 0 && live >= useLimit && redeemed < useLimit
    case 'ALREADY_REDEEMED_BY_USER':
      return userId !== null && (liveOfUsers.get(userId) ?? 0) >= userLimit
    default:
      return false
  }
}

/** Where nothing was reserved or given back, one order explains all answers together. */
function* historiesAreLinearizable({ coupons, takes, units, pictures }: History) {
  for (const { code, useLimit, userLimit } of coupons) {
    const ofCoupon = units.filter((unit) => unit.code === code)
    if (!ofCoupon.every(({ status, expiresAt }) => status === 'REDEEMED' && expiresAt === null)) {
      continue
    }
    const grants = ofCoupon.map((unit): Redeem => {
      const { id, userId, ordinal } = unit
      const calls = takes.filter(({ request }) => isAskedForBy(unit, request))
      const returns = calls.flatMap(({ answer, answeredAt }) =>
        answer?.kind === 'verdict' && 'answer' in answer.verdict ? (answeredAt ?? []) : [],
      )
      return {
        kind: 'redeem',
        userId,
        calledAt: Math.min(...calls.map(({ calledAt }) => calledAt)),
        // Where nobody was told, it was decided by the end of the run.
        returnedAt: Math.min(...returns, pictures.length),
        result: { outcome: 'granted', id, ordinal },
      }
    })
    const rejections = takes.flatMap(({ request, calledAt, answer, answeredAt }): Redeem[] => {
      const reason = request.code === code ? rejectionOf(answer) : null
      const { userId } = request
      return reason === null || answeredAt === null
        ? []
        : [
            {
              kind: 'redeem',
              userId,
              calledAt,
              returnedAt: answeredAt,
              result: { outcome: 'rejected', reason },
            },
          ]
    })
    const verdict = checkBoundedCounter([...grants, ...rejections], { useLimit, userLimit })
    if (!verdict.linearizable) {
      yield `${code} is not linearizable, ${verdict.rule}: ${JSON.stringify(verdict.operations)}`
    }
  }
}

function isAskedForBy(unit: ModelUnit, request: Take): boolean {
  return unit.id === request.id || (request.key !== null && unit.key === request.key)
}

function rejectionOf(answer: TakeCall['answer']): TakeRejectionReason | null {
  if (answer?.kind !== 'verdict' || answer.verdict.outcome !== 'rejected') return null
  const { reason } = answer.verdict
  switch (reason) {
    case 'EXHAUSTED':
    case 'ALL_HELD':
    case 'ALREADY_REDEEMED_BY_USER':
      return reason
    default:
      return null
  }
}

function* badItemsFailAlone({ takes }: History) {
  for (const { request, answer } of takes) {
    if (answer?.kind !== 'failed' || answer.message === 'the store is busy') continue
    if (answer.message !== POISON_MESSAGE || request.memo !== POISON_MEMO) {
      yield `${request.id} failed: ${answer.message}`
    }
  }
}

function* everybodyIsAnswered({ takes, settles, unfinishedClients }: History) {
  for (const { request, answer } of takes) {
    if (answer === null) yield `${request.id} was never answered`
  }
  for (const { request, answer } of settles) {
    if (answer === null) yield `${request.step} of ${request.redemptionId} was never answered`
  }
  for (const name of unfinishedClients) yield `${name} waits for ever`
}
