/** Something that is wrong: the rule that does not hold, and what was found instead. */
export interface Finding {
  readonly rule: string
  readonly found: string
}

/** The finding of a rule, unless it holds. */
export function demand(holds: boolean, rule: string, found: string): Finding[] {
  return holds ? [] : [{ rule, found }]
}
