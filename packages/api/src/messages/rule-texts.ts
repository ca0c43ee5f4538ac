import type { FieldProblem } from '@coupon-gateway/core'

/** For each rule of the core: what is wrong, and what is allowed. */
export type RuleTexts = {
  readonly [Rule in FieldProblem['rule']]: (
    problem: Extract<FieldProblem, { rule: Rule }>,
  ) => readonly [problem: string, allowed: string]
}

/** Tells a problem that the core found: what is wrong, and what is allowed. */
export function tellRule(
  { rules }: { readonly rules: RuleTexts },
  problem: FieldProblem,
): readonly [problem: string, allowed: string] {
  // The rule picks the text for problems of its own kind, which the compiler cannot follow.
  const tell = rules[problem.rule] as (problem: FieldProblem) => readonly [string, string]
  return tell(problem)
}
