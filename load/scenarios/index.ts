import { checkout } from './checkout.ts'
import { codeGuessing } from './code-guessing.ts'
import { log } from './log.ts'
import { management } from './management.ts'
import { onsite } from './onsite.ts'
import { redeem } from './redeem.ts'
import { replay } from './replay.ts'
import { sameUser } from './same-user.ts'
import type { Scenario } from './scenario.ts'
import { validate } from './validate.ts'
import { validateThenRedeem } from './validate-then-redeem.ts'

/** What a user does, by the name that `pnpm load` takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  validate,
  redeem,
  'validate-then-redeem': validateThenRedeem,
  checkout,
  replay,
  'same-user': sameUser,
  onsite,
  'code-guessing': codeGuessing,
  management,
  log,
}
