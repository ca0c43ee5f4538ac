import type { Outcome } from '../plan.ts'

const ORDER: readonly Outcome['kind'][] = [
  'unexpected',
  'granted',
  'done',
  'validated',
  'listed',
  'rejected',
  'unsettled',
]

/** Of the answers to one key: a yes says more than a no, a no more than none. A first yes more than a repeat of it. */
export function mostTelling(answers: readonly Outcome[]): Outcome | undefined {
  return [...answers].sort(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || Number(isReplay(a)) - Number(isReplay(b)),
  )[0]
}

/** Whether it had its effect before. */
export function isReplay(outcome: Outcome): boolean {
  return (outcome.kind === 'granted' || outcome.kind === 'done') && outcome.replayed
}
