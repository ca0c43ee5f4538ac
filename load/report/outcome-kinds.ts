import type { Outcome } from '../plan.ts'

/** How answers are told apart over time, in the order in which charts stack them. */
export const OUTCOME_KINDS = [
  'granted',
  'replayed',
  'done',
  'validated',
  'listed',
  'rejected',
  'unsettled',
  'unexpected',
] as const
export type OutcomeKind = (typeof OUTCOME_KINDS)[number]

/** A grant that was told before is no new one. */
export function outcomeKind(outcome: Outcome): OutcomeKind {
  return outcome.kind === 'granted' && outcome.replayed ? 'replayed' : outcome.kind
}

/** The kind, and what sets it apart: a fast refusal must not flatter a slow grant, nor one reason another. */
export function outcomeName(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return `rejected ${outcome.reason}`
    case 'validated':
      return outcome.valid ? 'valid' : `not valid: ${outcome.reason}`
    default:
      return outcomeKind(outcome)
  }
}
