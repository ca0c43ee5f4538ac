import { NAMED } from '../verifier/check-answers.ts'
import { OVERSOLD, RULES, UNDERSOLD } from '../verifier/rules.ts'

/** Of each race of the museum, the rule that its fault breaks for those who were there. */
export const EXPECTED_RULES: Readonly<Record<string, string>> = {
  'check then act': OVERSOLD,
  'lock taken after the check': OVERSOLD,
  'lock ends before the effect': OVERSOLD,
  'lock narrower than the limit': OVERSOLD,
  'lock lease shorter than the work': OVERSOLD,
  'absolute write of a counter (lost update)': OVERSOLD,
  'affected-row count ignored': OVERSOLD,
  'counter updated asynchronously': OVERSOLD,
  'rollback neither serialised nor idempotent': RULES.ROLLED_BACK_TWICE,
  "one's own hold counted against oneself": RULES.FALSE_EXPIRED,
  'a hold that survives a failed payment': UNDERSOLD,
  'a new entry point that forgets the guard': OVERSOLD,
  'contention reported as "invalid"': UNDERSOLD,
  'identity missing or aliased': NAMED,
}
