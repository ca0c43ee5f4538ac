import fc from 'fast-check'
import { STRATEGIES } from '../implementations.ts'
import type { CoreModel, Period, Request } from './core-model.ts'

/** Makes a request out of what there is by now: the units, the keys, the requests so far. */
export type Draft = (model: CoreModel) => Request | undefined

/** The codes that requests are about. */
export const CODES = ['COUPON01', 'COUPON02']
const code = fc.constantFrom(...CODES)
const userId = fc.constantFrom('ada', 'bob', null)
const memo = fc.constantFrom('', 'till 1')
const by = fc.nat(STRATEGIES.length - 1)
const terms = {
  useLimit: fc.constantFrom(0, 1, 2, 3),
  userLimit: fc.constantFrom(1, 2),
  period: fc.constantFrom<Period>(...Array<Period>(10).fill('open'), 'to come', 'over'),
  memo,
}
/** Sequences start with both coupons, so that they need no luck to come to something. */
export const FIRST_TERMS = fc.record({ ...terms, period: fc.constant<Period>('open') })
/** No wait adds up to one of these, so that no reservation ends within seconds of a moment that is reached. */
const ttlSeconds = fc.constantFrom(250, 750, 1750)
const seconds = fc.constantFrom(500, 1000)
const reason = fc.constantFrom('returned', 'wrong article')

type Choose<Value> = fc.Arbitrary<(model: CoreModel) => Value>

/** No key, a new one, or that of an earlier request, whatever that was. */
const key: Choose<string | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(() => null) },
  { weight: 6, arbitrary: fc.constant(({ requests }: CoreModel) => `key-${requests.length}`) },
  {
    weight: 1,
    arbitrary: fc.nat().map((choice) => ({ requests }: CoreModel) => {
      const keys = requests.flatMap((it) => ('key' in it && it.key !== null ? [it.key] : []))
      return keys[choice % keys.length] ?? null
    }),
  },
)

/** One of the last units that were taken, which are where things happen; now and then any, or one there is not. */
const unit: Choose<number> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.nat(2).map(
      (back) =>
        ({ units }: CoreModel) =>
          Math.max(0, units.length - 1 - back),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (choice) =>
        ({ units }: CoreModel) =>
          choice % (units.length + 1),
    ),
  },
)

const settle = fc.record({ unit, key })
const DRAFTS: Record<Request['kind'] | 'repeat', fc.Arbitrary<Draft>> = {
  create: fc.record({ code, terms: fc.record(terms), key }).map((it) => (model) => ({
    kind: 'create',
    ...it,
    key: it.key(model),
  })),
  update: fc
    .record({ code, changes: fc.record(terms, { requiredKeys: [] }), key })
    .map((it) => (model) => ({ kind: 'update', ...it, key: it.key(model) })),
  delete: fc.record({ code, key }).map((it) => (model) => ({
    kind: 'delete',
    ...it,
    key: it.key(model),
  })),
  validate: fc.record({ code, userId }).map((it) => () => ({ kind: 'validate', ...it })),
  redeem: fc
    .record({ code, userId, memo, by, key })
    .map((it) => (model) => ({ kind: 'redeem', ...it, key: it.key(model) })),
  reserve: fc
    .record({ code, userId, memo, ttlSeconds, by, key })
    .map((it) => (model) => ({ kind: 'reserve', ...it, key: it.key(model) })),
  confirm: settle.map((it) => (model) => ({
    kind: 'confirm',
    unit: it.unit(model),
    key: it.key(model),
  })),
  release: settle.map((it) => (model) => ({
    kind: 'release',
    unit: it.unit(model),
    key: it.key(model),
  })),
  rollback: fc.record({ unit, reason, key }).map((it) => (model) => ({
    kind: 'rollback',
    ...it,
    unit: it.unit(model),
    key: it.key(model),
  })),
  wait: fc.record({ seconds }).map((it) => () => ({ kind: 'wait', ...it })),
  /** An earlier write with a key, once more. */
  repeat: fc.nat().map((choice) => ({ requests }) => {
    const withKey = requests.filter((it) => 'key' in it && it.key !== null)
    return withKey[choice % withKey.length]
  }),
}

/** How often of each: coupons are made and lost rarely, and used often. */
const WEIGHTS: Record<keyof typeof DRAFTS, number> = {
  create: 3,
  update: 2,
  delete: 1,
  validate: 1,
  redeem: 8,
  reserve: 12,
  confirm: 8,
  release: 3,
  rollback: 4,
  wait: 4,
  repeat: 3,
}

/** Every kind of request, each as often in the list as it is wanted. */
export const WEIGHTED_DRAFTS: readonly fc.Arbitrary<Draft>[] = Object.entries(WEIGHTS).flatMap(
  ([kind, weight]) => Array<fc.Arbitrary<Draft>>(weight).fill(DRAFTS[kind as keyof typeof DRAFTS]),
)
