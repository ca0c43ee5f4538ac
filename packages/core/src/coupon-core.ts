import type { CouponCode } from '@coupon-gateway/coupon-code'
import { type Database, migrate, type Queryable } from '@coupon-gateway/database'
import { type Account, ensureAccount } from './account.ts'
import type { CoreHooks } from './core-hooks.ts'
import type { Coupon } from './coupon.ts'
import { type CouponEvent, takeEvents } from './coupon-events.ts'
import { type CreateBulkInput, type CreateBulkResult, createBulk } from './create-bulk.ts'
import { type CreateCouponInput, type CreateCouponResult, createCoupon } from './create-coupon.ts'
import { type DeleteCouponInput, type DeleteCouponResult, deleteCoupon } from './delete-coupon.ts'
import { findRedemption, type RedemptionName } from './find-redemption.ts'
import {
  findTakenCodes,
  type ImportInput,
  type ImportProgress,
  importCoupons,
  readImport,
} from './import-coupons.ts'
import { limitCalls } from './limit-calls.ts'
import { type CouponPage, type CouponQuery, listCoupons, streamCoupons } from './list-coupons.ts'
import { createOnsitePasswordCheck } from './onsite-password-check.ts'
import { createPictureReader } from './picture-reader.ts'
import { type RedeemCouponInput, type RedeemCouponResult, redeemCoupon } from './redeem-coupon.ts'
import type { Redemption } from './redemption.ts'
import {
  listRedemptions,
  type RedemptionFilter,
  type RedemptionPage,
  type RedemptionQuery,
  streamRedemptions,
} from './redemption-log.ts'
import {
  type ReserveCouponInput,
  type ReserveCouponResult,
  reserveCoupon,
} from './reserve-coupon.ts'
import {
  type ConfirmResult,
  confirmReservation,
  type ReleaseResult,
  type RollbackInput,
  type RollbackResult,
  releaseReservation,
  rollbackRedemption,
  type SettleInput,
} from './settle-redemption.ts'
import { type BatchedOptions, createBatchedStrategy } from './strategies/batched.ts'
import { openConditionalUpdateStrategy } from './strategies/conditional-update.ts'
import { createTextbookStrategy } from './strategies/textbook.ts'
import type { TakeStrategy } from './take.ts'
import { traceCalls } from './traced-calls.ts'
import { type UpdateCouponInput, type UpdateCouponResult, updateCoupon } from './update-coupon.ts'
import {
  type ValidateCouponInput,
  type ValidateCouponResult,
  type ValidateManyInput,
  validateCoupon,
  validateCoupons,
} from './validate-coupon.ts'
import { type Difference, findDifferences } from './verify.ts'

/**
 * The usage-limit core: a coupon limited to N is redeemed exactly N times, whatever the load, the retries
 * and the crashes. What a caller must handle is in the results; the database's failures are thrown.
 *
 * @throws DatabaseBusyError the call waited too long and had no effect
 * @throws DatabaseUnavailableError the call may have had its effect: repeat it with its idempotency key
 */
export interface CouponCore {
  validate(input: ValidateCouponInput): Promise<ValidateCouponResult>
  validateMany(input: ValidateManyInput): Promise<readonly ValidateCouponResult[]>
  redeem(input: RedeemCouponInput): Promise<RedeemCouponResult>
  reserve(input: ReserveCouponInput): Promise<ReserveCouponResult>
  confirm(input: SettleInput): Promise<ConfirmResult>
  release(input: SettleInput): Promise<ReleaseResult>
  rollback(input: RollbackInput): Promise<RollbackResult>
  create(input: CreateCouponInput): Promise<CreateCouponResult>
  createBulk(input: CreateBulkInput): Promise<CreateBulkResult>
  importCoupons(input: ImportInput): AsyncGenerator<ImportProgress, void, undefined>
  readImport(accountId: number, fileHash: string): Promise<ImportProgress>
  findTakenCodes(accountId: number, codes: readonly CouponCode[]): Promise<ReadonlySet<CouponCode>>
  update(input: UpdateCouponInput): Promise<UpdateCouponResult>
  delete(input: DeleteCouponInput): Promise<DeleteCouponResult>
  listCoupons(query: CouponQuery): Promise<CouponPage>
  streamCoupons(accountId: number): AsyncGenerator<readonly Coupon[], void, undefined>
  listRedemptions(query: RedemptionQuery): Promise<RedemptionPage>
  /**
   * The whole log, page by page: the next one when the last was taken.
   * @param signal that nobody reads it any more: a page that is still in line is not read, but fails
   */
  streamRedemptions(
    filter: RedemptionFilter,
    signal?: AbortSignal,
  ): AsyncIterable<readonly Redemption[]>
  findRedemption(accountId: number, name: RedemptionName): Promise<Redemption | undefined>
  /**
   * Takes the oldest events of coupons that report, at most `limit` of them, out of the outbox, and gives them to `hand`
   * in the transaction that takes them. Answers with their number; 0 also while another process takes some.
   */
  takeEvents(
    limit: number,
    hand: (transaction: Queryable, events: readonly CouponEvent[]) => Promise<void>,
  ): Promise<number>
  /** Compares the counters with the log, and both with the limits: every difference, none when all is right. */
  verify(): Promise<readonly Difference[]>
  /** Finds or creates an account by name. */
  ensureAccount(name: string, timeZone: string): Promise<Account>
}

export interface CouponCoreOptions extends BatchedOptions {
  /**
   * How units are taken. `batched` is the one for production; the others keep the same rules one request at a
   * time, as peers in benchmarks and oracles in tests. Default `batched`.
   */
  readonly strategy?: StrategyName
  /** Told of what happens inside, for metrics. Default nobody. */
  readonly hooks?: CoreHooks
}

/** The migrations of the core, room `core`. */
export const CORE_MIGRATIONS = new URL('../migrations/', import.meta.url)

export type StrategyName = 'batched' | 'conditional-update' | 'textbook'

/**
 * Calls of long answers under way at a time, in all: chunks of bulk creations and pages of streams. Two keep the database
 * at work while one of them is written out, and leave the other connections of the pool to everybody else.
 */
const STREAM_CALLS = 2

/** What a caller waits for. The streams are as long as their readers make them. */
const TRACED_CALLS = [
  'validate',
  'validateMany',
  'redeem',
  'reserve',
  'confirm',
  'release',
  'rollback',
  'create',
  'createBulk',
  'update',
  'delete',
  'listCoupons',
  'listRedemptions',
  'findRedemption',
] as const satisfies readonly (keyof CouponCore)[]

/**
 * Opens the core over a database, after bringing its tables to the newest version. The database stays the
 * caller's, who closes it.
 *
 * @example
 * const core = await openCouponCore(openPostgres('postgres://localhost/coupons'))
 * const shop = await core.ensureAccount('shop', 'Asia/Seoul')
 */
export async function openCouponCore(
  database: Database,
  options: CouponCoreOptions = {},
): Promise<CouponCore> {
  await migrate(database, 'core', CORE_MIGRATIONS)
  const strategy = await openStrategy(database, options)
  const readPicture = createPictureReader(database, options.hooks)
  const checkOnsitePassword = createOnsitePasswordCheck(database)
  const forStreams = limitCalls(database, STREAM_CALLS)
  const core: CouponCore = {
    validate: (input) => validateCoupon(readPicture, input),
    validateMany: (input) => validateCoupons(database, input),
    redeem: (input) => redeemCoupon(database, strategy, checkOnsitePassword, input),
    reserve: (input) => reserveCoupon(database, strategy, checkOnsitePassword, input),
    confirm: (input) => confirmReservation(database, input),
    release: (input) => releaseReservation(database, input),
    rollback: (input) => rollbackRedemption(database, input),
    create: (input) => createCoupon(database, input),
    createBulk: (input) => createBulk(database, forStreams, input),
    importCoupons: (input) => importCoupons(database, input),
    readImport: (accountId, fileHash) => readImport(database, accountId, fileHash),
    findTakenCodes: (accountId, codes) => findTakenCodes(database, accountId, codes),
    update: (input) => updateCoupon(database, input),
    delete: (input) => deleteCoupon(database, input),
    listCoupons: (query) => listCoupons(database, query),
    streamCoupons: (accountId) => streamCoupons(forStreams(), accountId),
    listRedemptions: (query) => listRedemptions(database, query),
    streamRedemptions: (filter, signal) => streamRedemptions(forStreams(signal), filter),
    findRedemption: (accountId, name) => findRedemption(database, accountId, name),
    takeEvents: (limit, hand) => takeEvents(database, limit, hand),
    verify: () => findDifferences(database),
    ensureAccount: (name, timeZone) => ensureAccount(database, name, timeZone),
  }
  return traceCalls('core', core, TRACED_CALLS)
}

function openStrategy(
  database: Database,
  { strategy = 'batched', hooks, ...options }: CouponCoreOptions,
): TakeStrategy | Promise<TakeStrategy> {
  switch (strategy) {
    case 'batched':
      return createBatchedStrategy(database, options, hooks)
    case 'conditional-update':
      return openConditionalUpdateStrategy(database)
    case 'textbook':
      return createTextbookStrategy(database)
  }
}
