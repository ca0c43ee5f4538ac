import { describe, expect, it } from 'vitest'
import {
  confirm,
  created,
  deleted,
  limitChanged,
  redeemed,
  rejected,
  release,
  reserved,
  rollback,
  usable,
} from '../tests/write-history.ts'
import { createCouponModel, type Operation } from './index.ts'

const NOW = [0, 0] as const
const OUTCOMES = ['done', 'already', 'not-found', 'expired'] as const
const ROLLBACK_OUTCOMES = ['done', 'already', 'not-found'] as const

describe('the answers that are true of a unit', () => {
  const hold = reserved(NOW, 'a', { expiresAt: 0 })
  it.each([
    ['that was never granted', [], ['not-found'], ['not-found'], ['not-found']],
    ['held', [hold], ['done'], ['done'], ['not-found']],
    ['redeemed', [redeemed(NOW, 'a')], ['done', 'already'], ['not-found'], ['done']],
    ['confirmed', [hold, confirm(NOW, 'a')], ['done', 'already'], ['not-found'], ['done']],
    ['released', [hold, release(NOW, 'a')], ['not-found'], ['done', 'already'], ['not-found']],
    ['whose hold has ended', [hold, 'expire'], ['done'], ['expired'], ['not-found']],
    [
      'whose hold has ended, with no other unit free',
      [hold, 'expire', redeemed(NOW, 'b')],
      ['expired'],
      ['expired'],
      ['not-found'],
    ],
    [
      'rolled back',
      [redeemed(NOW, 'a'), rollback(NOW, 'a')],
      ['not-found'],
      ['not-found'],
      ['already'],
    ],
  ] as const)('%s', (_unit, steps, toConfirm, toRelease, toRollback) => {
    const { place } = after(steps)
    const isTrue = (operation: Operation) => place(operation).kind !== 'refused'
    expect(OUTCOMES.filter((it) => isTrue(confirm(NOW, 'a', it)))).toEqual(toConfirm)
    expect(OUTCOMES.filter((it) => isTrue(release(NOW, 'a', it)))).toEqual(toRelease)
    expect(ROLLBACK_OUTCOMES.filter((it) => isTrue(rollback(NOW, 'a', it)))).toEqual(toRollback)
  })

  it('where a late confirm is refused, only that is true of it', () => {
    const { place } = after([hold, 'expire'], { lateConfirm: 'refused' })
    const isTrue = (operation: Operation) => place(operation).kind !== 'refused'
    expect(OUTCOMES.filter((it) => isTrue(confirm(NOW, 'a', it)))).toEqual(['expired'])
  })

  it('a late confirm is refused to a user who has taken another unit meanwhile', () => {
    const { place } = after(
      [
        reserved(NOW, 'a', { expiresAt: 0, userId: 'ann' }),
        'expire',
        redeemed(NOW, 'b', { userId: 'ann' }),
      ],
      { useLimit: 9 },
    )
    expect(place(confirm(NOW, 'a'))).toEqual({ kind: 'refused', rule: 'USER_OVER_LIMIT' })
    expect(place(confirm(NOW, 'a', 'expired')).kind).toBe('unchanged')
  })
})

describe('what comes back', () => {
  it.each([
    ['released', reserved(NOW, 'a', { userId: 'ann' }), release(NOW, 'a')],
    ['rolled back', redeemed(NOW, 'a', { userId: 'ann' }), rollback(NOW, 'a')],
    ['ended by itself', reserved(NOW, 'a', { userId: 'ann', expiresAt: 0 }), 'expire'],
  ] as const)('is free for the same user again when it was %s', (_how, take, back) => {
    const again = redeemed(NOW, 'b', { userId: 'ann' })
    expect(after([take]).place(again).kind).toBe('refused')
    expect(after([take, back]).place(again).kind).toBe('changed')
  })

  it('does not come back a second time by a second release', () => {
    const steps = [reserved(NOW, 'a'), release(NOW, 'a'), release(NOW, 'a'), redeemed(NOW, 'b')]
    expect(after(steps).place(redeemed(NOW, 'c'))).toEqual({ kind: 'refused', rule: 'OVERSELL' })
  })

  it('gets a new ordinal when it is granted again', () => {
    const { place } = after([redeemed(NOW, 'a', { ordinal: 1 }), rollback(NOW, 'a')])
    expect(place(redeemed(NOW, 'b', { ordinal: 2 })).kind).toBe('changed')
    expect(place(redeemed(NOW, 'b', { ordinal: 1 })).kind).toBe('refused')
  })
})

describe('rejections', () => {
  it('are each right where several are true', () => {
    const { place } = after([redeemed(NOW, 'a', { userId: 'ann' })])
    expect(place(rejected(NOW, 'EXHAUSTED', 'ann')).kind).toBe('unchanged')
    expect(place(rejected(NOW, 'ALREADY_REDEEMED_BY_USER', 'ann')).kind).toBe('unchanged')
  })

  it('for want of units are never true of an unlimited coupon', () => {
    const { place } = after([redeemed(NOW, 'a')], { useLimit: 0 })
    expect(place(rejected(NOW, 'EXHAUSTED')).kind).toBe('refused')
    expect(place(redeemed(NOW, 'b')).kind).toBe('changed')
  })
})

describe('a coupon that is deleted and created anew', () => {
  const gone = [redeemed(NOW, 'a', { ordinal: 1, userId: 'ann' }), deleted(NOW)]
  const anew = [...gone, created(NOW, 1)]

  it.each([
    ['a take, while it is gone', gone, redeemed(NOW, 'b'), 'NO_SUCH_COUPON'],
    ['EXHAUSTED, while it is gone', gone, rejected(NOW, 'EXHAUSTED'), 'NO_SUCH_COUPON'],
    ['usable, while it is gone', gone, usable(NOW), 'NO_SUCH_COUPON'],
    ['a second deletion', gone, deleted(NOW), 'NO_SUCH_COUPON'],
    ['a creation, while it is there', anew, created(NOW, 1), 'CREATED_TWICE'],
    ['code-taken, while it is gone', gone, created(NOW, 1, 'code-taken'), 'FALSE_CODE_TAKEN'],
    ['not found, while it is there', anew, rejected(NOW, 'NOT_FOUND'), 'FALSE_NOT_FOUND'],
    ['not found to delete, while it is there', anew, deleted(NOW, 'not-found'), 'FALSE_NOT_FOUND'],
    [
      'the next ordinal of the old one',
      anew,
      redeemed(NOW, 'b', { ordinal: 2 }),
      'ORDINAL_NOT_NEXT',
    ],
    [
      'a use of the old one that counts',
      anew,
      rejected(NOW, 'EXHAUSTED'),
      'REJECTED_WITH_UNIT_LEFT',
    ],
  ] as const)('refuses %s', (_what, steps, operation, rule) => {
    expect(after(steps).place(operation)).toEqual({ kind: 'refused', rule })
  })

  it.each([
    ['a user of the old one', anew, redeemed(NOW, 'b', { ordinal: 1, userId: 'ann' })],
    ['a rollback of the old one', anew, rollback(NOW, 'a')],
    ['not found, while it is gone', gone, rejected(NOW, 'NOT_FOUND')],
    ['code-taken, while it is there', anew, created(NOW, 1, 'code-taken')],
  ] as const)('allows %s', (_what, steps, operation) => {
    expect(after(steps).place(operation).kind).not.toBe('refused')
  })

  it('gets no unit back from the old one', () => {
    const { place } = after([...anew, redeemed(NOW, 'b'), rollback(NOW, 'a')])
    expect(place(redeemed(NOW, 'c'))).toEqual({ kind: 'refused', rule: 'OVERSELL' })
  })
})

describe('a limit', () => {
  it('changes while nothing was taken', () => {
    const { place } = after([limitChanged(NOW, 2), redeemed(NOW, 'a')])
    expect(place(redeemed(NOW, 'b')).kind).toBe('changed')
  })

  it.each([
    ['a change after a use', [redeemed(NOW, 'a')], limitChanged(NOW, 2), 'LIMIT_CHANGED_AFTER_USE'],
    ['locked, where nothing was taken', [], limitChanged(NOW, 2, 'locked'), 'FALSE_LOCKED'],
    ['usable, where all is taken', [redeemed(NOW, 'a')], usable(NOW), 'USABLE_WITHOUT_UNIT'],
  ] as const)('refuses %s', (_what, steps, operation, rule) => {
    expect(after(steps).place(operation)).toEqual({ kind: 'refused', rule })
  })
})

describe('misuse', () => {
  it.each([
    [{ useLimit: -1, userLimit: 1 }, 'useLimit must be an integer from 0, got -1'],
    [{ useLimit: 1.5, userLimit: 1 }, 'useLimit must be an integer from 0, got 1.5'],
    [{ useLimit: 1, userLimit: 0 }, 'userLimit must be an integer from 1 or Infinity, got 0'],
  ])('limits %j are refused', (limits, message) => {
    expect(() => createCouponModel(limits)).toThrow(new RangeError(message))
  })

  it('an unknown result has no place', () => {
    const { place } = after([])
    const unknown = { ...confirm(NOW, 'a'), result: { outcome: 'unknown' as const } }
    expect(() => place(unknown)).toThrow('an unknown result has no place')
  })
})

/** The model after these steps, each of which must have its place; `expire` ends the only hold. */
function after(
  steps: readonly (Operation | 'expire')[],
  options: Partial<Parameters<typeof createCouponModel>[0]> = {},
) {
  const model = createCouponModel({ useLimit: 1, userLimit: 1, ...options })
  let state = model.initial
  for (const step of steps) {
    if (step === 'expire') {
      state = model.expiries(state)[0]?.next() ?? state
      continue
    }
    const placement = model.place(state, step)
    expect(placement.kind).not.toBe('refused')
    if (placement.kind === 'changed') state = placement.next()
  }
  return { place: (operation: Operation) => model.place(state, operation) }
}
