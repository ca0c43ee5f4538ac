import fc from 'fast-check'
import {
  type CouponModelOptions,
  type CouponRule,
  type CouponState,
  createCouponModel,
  type Operation,
  type SequentialModel,
  type Take,
} from '../src/index.ts'

export interface RandomHistory<O extends Operation = Operation> {
  readonly options: CouponModelOptions
  readonly history: readonly O[]
  /** Made by running operations on the model, and left alone. */
  readonly isFaultless: boolean
}

/** Histories of redeem and reserve alone, right and wrong ones, all with ordinals or all without. */
export function randomTakes(maxLength: number): fc.Arbitrary<RandomHistory<Take>> {
  return randomHistory(maxLength, ['redeem', 'reserve'], fc.constant(NEVER)) as fc.Arbitrary<
    RandomHistory<Take>
  >
}

/** Histories of everything, right and wrong ones, with holds that end by themselves. */
export function randomOperations(maxLength: number): fc.Arbitrary<RandomHistory> {
  return randomHistory(maxLength, ALL_KINDS, SOME_TTL)
}

/** Right histories of everything. */
export function faultlessOperations(maxLength: number): fc.Arbitrary<RandomHistory> {
  return randomHistory(maxLength, ALL_KINDS, SOME_TTL, 0)
}

/** Histories of everything, with coupons that are deleted, created anew, and given other limits. */
export function randomManagement(maxLength: number): fc.Arbitrary<RandomHistory> {
  const kinds = [...ALL_KINDS, 'create', 'delete', 'delete', 'change-limit'] as const
  return randomHistory(maxLength, kinds, SOME_TTL)
}

/** Histories in which much happens at once, with ordinals, and no hold ends by itself. */
export function crowdedOperations(maxLength: number, faultWeight = 1): fc.Arbitrary<RandomHistory> {
  return randomHistory(maxLength, ALL_KINDS, fc.constant(NEVER), faultWeight, true)
}

/** Takes, and questions whether one would be granted, right and wrong ones. */
export function randomTakesAndQuestions(maxLength: number): fc.Arbitrary<RandomHistory> {
  const kinds = ['redeem', 'reserve', 'validate'] as const
  return randomHistory(maxLength, kinds, fc.constant(NEVER), 1, true)
}

const ALL_KINDS = [
  'redeem',
  'reserve',
  'reserve',
  'confirm',
  'release',
  'rollback',
  'validate',
] as const
const SOME_TTL = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 8 }))

const NEVER = Number.POSITIVE_INFINITY
const USERS = ['ann', 'bob', null]
const TAKES = new Set<Operation['kind']>(['redeem', 'reserve'])
const REASONS = ['EXHAUSTED', 'ALL_HELD', 'ALREADY_REDEEMED_BY_USER', 'NOT_FOUND'] as const

/** An operation before it has an answer. */
interface Request {
  readonly kind: Operation['kind']
  readonly userId: string | null
  readonly ttl: number
  /** When it takes effect in a faultless history, and how much earlier it was called and later returned. */
  readonly moment: number
  readonly before: number
  readonly after: number
  /** Chooses among what is possible. */
  readonly choice: number
  readonly fault: 'none' | 'answer' | 'time'
}

function randomHistory(
  maxLength: number,
  kinds: readonly Operation['kind'][],
  ttl: fc.Arbitrary<number>,
  faultWeight = 1,
  alwaysHasOrdinals = false,
): fc.Arbitrary<RandomHistory> {
  const request = fc.record<Request>({
    kind: fc.constantFrom(...kinds),
    userId: fc.constantFrom(...USERS),
    ttl,
    moment: fc.integer({ min: 0, max: 12 }),
    before: fc.integer({ min: 0, max: 4 }),
    after: fc.integer({ min: 0, max: 4 }),
    choice: fc.nat(),
    fault: fc.oneof(
      { weight: 6, arbitrary: fc.constant('none' as const) },
      { weight: faultWeight, arbitrary: fc.constant('answer' as const) },
      { weight: 2 * faultWeight, arbitrary: fc.constant('time' as const) },
    ),
  })
  return fc
    .record({
      useLimit: fc.constantFrom(1, 2, 2, 3, 0),
      userLimit: fc.constantFrom(1, 1, 2, Number.POSITIVE_INFINITY),
      lateConfirm: fc.constantFrom('takes-a-free-unit' as const, 'refused' as const),
      hasOrdinals: alwaysHasOrdinals ? fc.constant(true) : fc.boolean(),
      requests: fc.array(request, { minLength: 1, maxLength, size: 'max' }),
    })
    .map(({ requests, hasOrdinals, ...options }) => ({
      options,
      history: answerAll(requests, createCouponModel(options), hasOrdinals),
      isFaultless: requests.every(({ fault }) => fault === 'none'),
    }))
}

/** Runs the requests on the model, each at its moment, and spoils what has a fault. */
function answerAll(
  requests: readonly Request[],
  model: SequentialModel<CouponState, CouponRule>,
  hasOrdinals: boolean,
): Operation[] {
  let state = model.initial
  return requests
    .toSorted((a, b) => a.moment - b.moment)
    .map((request, index) => {
      const { choice, fault, moment } = request
      const over = model.expiries(state).find(({ expiry }) => expiry.expiresAt <= moment)
      if (over !== undefined && (choice >> index) % 2 === 1) state = over.next()
      const ordinal = hasOrdinals ? state.granted + 1 : null
      const known = [...[...state.units.entries()].map(([key]) => key).sort(), 'nobody']
      const id = TAKES.has(request.kind)
        ? `unit-${index}`
        : (known[choice % known.length] as string)
      const all = possibleAnswers(request, id, ordinal)
      const right = all.filter((operation) => model.place(state, operation).kind !== 'refused')
      const candidates = fault === 'answer' ? all : right
      const operation = candidates[choice % candidates.length] as Operation
      const placement = model.place(state, operation)
      if (placement.kind === 'changed') state = placement.next()
      return fault === 'time' ? shift(operation, (choice % 17) - 8) : operation
    })
}

function possibleAnswers(request: Request, id: string, ordinal: number | null): Operation[] {
  const { kind, userId, moment, before, after, ttl } = request
  const interval = { calledAt: moment - before, returnedAt: moment + after }
  switch (kind) {
    case 'redeem':
    case 'reserve': {
      // The first is right if a unit is free; the others only ever serve as faults.
      const wrongOrdinals = ordinal === null ? [] : [ordinal + 1, Math.max(1, ordinal - 1)]
      const units = [
        { id, ordinal },
        ...wrongOrdinals.map((wrong) => ({ id, ordinal: wrong })),
        { id: 'unit-0', ordinal },
      ].map((unit) => ({ outcome: 'granted' as const, ...unit }))
      const rejections = REASONS.map((reason) => ({ outcome: 'rejected' as const, reason }))
      return kind === 'redeem'
        ? [...units, ...rejections].map((result) => ({ kind, ...interval, userId, result }))
        : [...units.map((unit) => ({ ...unit, expiresAt: moment + ttl })), ...rejections].map(
            (result) => ({ kind, ...interval, userId, result }),
          )
    }
    case 'confirm':
    case 'release':
      return (['done', 'already', 'not-found', 'expired'] as const).map((outcome) => ({
        kind,
        ...interval,
        id,
        result: { outcome },
      }))
    case 'rollback':
      return (['done', 'already', 'not-found'] as const).map((outcome) => ({
        kind,
        ...interval,
        id,
        result: { outcome },
      }))
    case 'validate':
      return [
        { outcome: 'usable' as const },
        ...REASONS.map((reason) => ({ outcome: 'rejected' as const, reason })),
      ].map((result) => ({ kind, ...interval, userId, result }))
    case 'create':
      return (['done', 'code-taken'] as const).map((outcome) => ({
        kind,
        ...interval,
        useLimit: 1 + (request.choice % 3),
        result: { outcome },
      }))
    case 'delete':
      return (['done', 'not-found'] as const).map((outcome) => ({
        kind,
        ...interval,
        result: { outcome },
      }))
    case 'change-limit':
      return (['done', 'not-found', 'locked'] as const).map((outcome) => ({
        kind,
        ...interval,
        useLimit: 1 + (request.choice % 4),
        result: { outcome },
      }))
    default:
      throw new TypeError(`no such kind: ${kind satisfies never}`)
  }
}

function shift(operation: Operation, by: number): Operation {
  const { calledAt, returnedAt } = operation
  return { ...operation, calledAt: calledAt + by, returnedAt: returnedAt + by }
}
