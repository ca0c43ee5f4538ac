export type { BudgetSource } from './budget/rate-budget.ts'
export type { RateBudgetState, RateWindowState } from './budget/rate-budget-state.ts'
export {
  PLAN_RATE_LIMITS,
  type PlanName,
  type RateLimits,
  type WindowName,
} from './budget/rate-limits.ts'
export type { BreakerState } from './circuit-breaker.ts'
export type { UpstreamClientOptions } from './client-options.ts'
export type { Clock } from './clock.ts'
export type { ConfirmInput, ConfirmRejection, ConfirmResult } from './confirm.ts'
export type { CreateInput, CreateRejection, CreateResult } from './create.ts'
export type { DeleteInput, DeleteRejection, DeleteResult } from './delete.ts'
export type {
  FindRedemptionInput,
  FindRedemptionRejection,
  FindRedemptionResult,
} from './find-redemption.ts'
export type { AttemptInfo, CallInfo, ClientHooks } from './hooks.ts'
export type { JournalOptions } from './journal/journal-options.ts'
export { migrateJournal } from './journal/migrate-journal.ts'
export { type JournalPlace, openJournalDatabase } from './journal/open-journal-database.ts'
export type { ReportedUse, ReportOutcome } from './journal/record-use.ts'
export type { ListRedemptionsInput, RedemptionPage } from './list-redemptions.ts'
export type { LoggedRedemption, RedemptionStatus } from './logged-redemption.ts'
export {
  REDEEM_REJECTIONS,
  type RedeemInput,
  type RedeemRejection,
  type RedeemResult,
  type UpstreamRedemption,
} from './redeem.ts'
export type { UnknownRejection, WriteRefusal } from './rejection.ts'
export type { ReleaseInput, ReleaseRejection, ReleaseResult } from './release.ts'
export type { ReserveInput, ReserveResult, UpstreamReservation } from './reserve.ts'
export type { RollbackInput, RollbackRejection, RollbackResult } from './rollback.ts'
export type { Exchange, OpenTransport, Transport, WireResponse } from './transport.ts'
export type { UpdateInput, UpdateRejection, UpdateResult } from './update.ts'
export { type CallOptions, createUpstreamClient, type UpstreamClient } from './upstream-client.ts'
export type { CouponSettings, IssuedTo, UpstreamCoupon } from './upstream-coupon.ts'
export {
  type AnyUpstreamError,
  BadResponseError,
  type FieldProblem,
  InvalidInputError,
  isUpstreamError,
  OutcomeUnknownError,
  RefusedError,
  ThrottledError,
  UnansweredError,
  UnsupportedError,
  UpstreamError,
  type UpstreamErrorCode,
} from './upstream-error.ts'
export type { UpstreamProfile } from './upstream-profile.ts'
export type { ValidateInput, ValidateRejection, ValidateResult } from './validate.ts'
export type { ValidateManyInput } from './validate-many.ts'
export {
  createMemorySeenEvents,
  type SeenEvents,
} from './webhooks/seen-events.ts'
export { type SignedParts, type SigningRecipe, TIMESTAMP_DOT_BODY } from './webhooks/signature.ts'
export {
  type VerifyOptions,
  type VerifyResult,
  verifyWebhook,
  type Webhook,
  type WebhookRefusal,
  type WebhookRequest,
} from './webhooks/verify-webhook.ts'
export type { CouponEvent, EventCoupon, EventRedemption } from './webhooks/webhook-event.ts'
export {
  createWebhookReceiver,
  type ReceiveResult,
  type WebhookReceiver,
  type WebhookReceiverOptions,
} from './webhooks/webhook-receiver.ts'
