import type { Exhibit } from '../exhibit.ts'
import { checkThenAct } from './01-check-then-act.ts'
import { lockAfterCheck } from './02-lock-after-check.ts'
import { lockEndsBeforeEffect } from './03-lock-ends-before-effect.ts'
import { lockTooNarrow } from './04-lock-too-narrow.ts'
import { leaseTooShort } from './05-lease-too-short.ts'
import { absoluteWrite } from './06-absolute-write.ts'
import { rowCountIgnored } from './07-row-count-ignored.ts'
import { counterUpdatedLater } from './08-counter-updated-later.ts'
import { rollbackNotSerialised } from './09-rollback-not-serialised.ts'
import { ownHoldCounted } from './10-own-hold-counted.ts'
import { holdSurvivesPayment } from './11-hold-survives-payment.ts'
import { entryWithoutGuard } from './12-entry-without-guard.ts'
import { contentionAsRefusal } from './13-contention-as-refusal.ts'
import { identityMissing } from './14-identity-missing.ts'

/** The fourteen ways in which public coupon and shop systems have sold too much, or too little. */
export const EXHIBITS: readonly Exhibit[] = [
  checkThenAct,
  lockAfterCheck,
  lockEndsBeforeEffect,
  lockTooNarrow,
  leaseTooShort,
  absoluteWrite,
  rowCountIgnored,
  counterUpdatedLater,
  rollbackNotSerialised,
  ownHoldCounted,
  holdSurvivesPayment,
  entryWithoutGuard,
  contentionAsRefusal,
  identityMissing,
]
