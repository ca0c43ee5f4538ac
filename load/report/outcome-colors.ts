import type { OutcomeKind } from './outcome-kinds.ts'

/** Blue is a redemption that counts, grey a refusal by the rules, and what must not be is loud. */
export const OUTCOME_COLORS: Readonly<Record<OutcomeKind, string>> = {
  granted: '#2a6fdb',
  replayed: '#8ab4f2',
  done: '#2a9d8f',
  validated: '#7fb069',
  listed: '#b08968',
  rejected: '#9aa0a8',
  unsettled: '#e6a700',
  unexpected: '#d1345b',
}

/** For lines that stand side by side. */
export const LINE_COLORS = [
  '#2a6fdb',
  '#d1345b',
  '#2a9d8f',
  '#e6a700',
  '#7d5ba6',
  '#b08968',
] as const
