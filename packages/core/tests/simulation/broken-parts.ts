import { type Mutation, mutate } from './mutation.ts'
import type { Parts } from './simulate.ts'

/** Parts that break one promise each: a simulation that does not catch them proves nothing. */
export const BROKEN_PARTS: readonly (readonly [fault: string, () => Parts])[] = [
  broken('a batcher that flushes again what may have had its effect', {
    file: 'batcher',
    from: 'if (due.length === 1 || isOutcomeUnknown(error)) {',
    to: 'if (due.length === 1) {',
  }),
  broken('a batcher that drops an item when it halves', {
    file: 'batcher',
    from: 'due.slice(middle))',
    to: 'due.slice(middle + 1))',
  }),
  broken('a batcher that flushes an item of both halves', {
    file: 'batcher',
    from: 'due.slice(0, middle)',
    to: 'due.slice(0, middle + 1)',
  }),
  broken('a batcher that fails a whole batch for one bad item', {
    file: 'batcher',
    from: 'if (due.length === 1 || isOutcomeUnknown(error)) {',
    to: 'if (error) {',
  }),
  broken('a batcher that gives verdicts to the wrong items', {
    file: 'batcher',
    from: 'resolve(verdicts[index] as Verdict)',
    to: 'resolve(verdicts[verdicts.length - 1 - index] as Verdict)',
  }),
  broken('a batcher that flushes what it has refused for being late', {
    file: 'batcher',
    from: 'return !isLate',
    to: 'return true',
  }),
  broken('a batcher that flushes what found the queue full', {
    file: 'batcher',
    from: 'if (lane.queue.length >= maxQueued) return Promise.resolve(refuse(lane))',
    to: `if (lane.queue.length >= maxQueued) {
      lane.queue.push({ item, deadline, resolve() {}, reject() {} })
      return Promise.resolve(refuse(lane))
    }`,
  }),
  broken('a batcher that forgets the late ones', {
    file: 'batcher',
    from: 'if (isLate) waiting.resolve(refuse(lane))',
    to: '',
  }),
  broken('a batcher whose lane stays busy', {
    file: 'batcher',
    from: '    lane.isFlushing = false\n',
    to: '',
  }),
  broken('a batcher that flushes two requests of one key together', {
    file: 'batcher',
    from: 'if (key === null) return enqueue(item, deadline)',
    to: 'return enqueue(item, deadline)',
  }),
  broken('a batcher that forgets a repeat when the first has failed', {
    file: 'batcher',
    from: `            () => enqueue(item, deadline),
            () => enqueue(item, deadline),
`,
    to: `            () => enqueue(item, deadline),
`,
  }),
  broken('a strategy that takes a lost connection for a failure without effect', {
    file: 'batched',
    from: '!(error instanceof StatementError || error instanceof DatabaseBusyError)',
    to: 'false',
  }),
  broken('a strategy that does not decide anew', {
    file: 'batched',
    from: "if (verdict.outcome !== 'again') return verdict",
    to: 'return verdict',
  }),
  broken('a store with a limit that is off by one', {
    file: 'coupon-model',
    from: 'if (useLimit > 0 && live.length >= useLimit) {',
    to: 'if (useLimit > 0 && live.length > useLimit) {',
  }),
  broken('a store that keeps the last unit back', {
    file: 'coupon-model',
    from: 'if (useLimit > 0 && redeemed.length >= useLimit) {',
    to: 'if (useLimit > 1 && redeemed.length >= useLimit - 1) {',
  }),
  broken('a store that counts by a picture of 5 milliseconds ago', {
    file: 'coupon-model',
    from: 'unit.coupon === coupon && isLive(unit, now))',
    to: 'unit.coupon === coupon && isLive(unit, now) && unit.takenAt <= now - 5)',
  }),
  broken('a store whose reservations never expire', {
    file: 'coupon-model',
    from: "status === 'RESERVED' && expiresAt !== null && expiresAt > now",
    to: "status === 'RESERVED'",
  }),
  broken('a store whose reservations expire too early', {
    file: 'coupon-model',
    from: "status === 'RESERVED' && expiresAt !== null && expiresAt > now",
    to: "status === 'RESERVED' && expiresAt !== null && expiresAt > now + 3",
  }),
  broken('a store that does not know whose units are whose', {
    file: 'coupon-model',
    from: 'userId !== null && unit.userId === userId',
    to: 'userId !== null && unit.userId === userId && unit.key !== null',
  }),
  broken('a store that says EXHAUSTED of what is only held', {
    file: 'coupon-model',
    from: "reason: 'ALL_HELD' }",
    to: "reason: 'EXHAUSTED' }",
  }),
  broken('a store that gives the ordinals of units that came back again', {
    file: 'coupon-model',
    from: 'const ordinal = units.filter((unit) => unit.coupon === coupon).length + 1',
    to: 'const ordinal = live.length + 1',
  }),
  broken('a store that answers before it has the unit', {
    file: 'coupon-model',
    from: 'units.push(unit)',
    to: 'if (units.length % 5 !== 4) units.push(unit)',
  }),
  broken('a store that takes the first key for the key of every repeat', {
    file: 'coupon-model',
    from: "if (stored.fingerprint !== fingerprint) return { outcome: 'key-reused' } as const",
    to: '',
  }),
  broken('a store that claims keys outside the commit', {
    file: 'coupon-model',
    from: 'if (key !== null) answers.set(',
    to: `const claimLater = (...claim) => {
      remember.claims ??= []
      remember.claims.push(claim)
      if (remember.claims.length > 2) answers.set(...remember.claims.shift())
    }
    if (key !== null) claimLater(`,
  }),
]

function broken(fault: string, mutation: Mutation): readonly [string, () => Parts] {
  return [fault, () => mutate(mutation)]
}
