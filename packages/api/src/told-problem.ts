import type { InputProblem } from './api-error.ts'
import { TEXTS } from './messages/texts.ts'

/** One thing wrong with an input, in words. */
export interface ToldProblem {
  readonly field: string
  readonly problem: string
  readonly allowed: string
}

/** The command line speaks English. */
export function tellInEnglish(problems: readonly InputProblem[]): readonly ToldProblem[] {
  return problems.map(({ field, problem, allowed }) => ({
    field,
    problem: problem(TEXTS.en),
    allowed: allowed(TEXTS.en),
  }))
}

/** All of it on one line, for people. */
export function describeProblems(problems: readonly ToldProblem[]): string {
  return problems
    .map(({ field, problem, allowed }) => `${field} ${problem}; allowed: ${allowed}`)
    .join('. ')
}
