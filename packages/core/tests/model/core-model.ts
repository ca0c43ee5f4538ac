import type { RedemptionStatus, TakeRejection, ValidateRejection } from '../../src/index.ts'

/**
 * The core as plain objects in memory, to hold the real one against: one request after the other, no SQL, no counters,
 * time as a number. Unlike the model of `../simulation`, it has every operation, with periods and keys.
 * What only the database knows is left out of its answers: identities are the places in {@link CoreModel.units},
 * and a moment is only there or not.
 */
export class CoreModel {
  /** Every unit ever taken, in order. */
  readonly units: ModelUnit[] = []
  /** Every request so far, for repeats of it. */
  readonly requests: Request[] = []
  #coupons: ModelCoupon[] = []
  #answers = new Map<string, { request: string; answer: Effect }>()
  #now = 0

  perform(request: Request): Answer {
    this.requests.push(request)
    switch (request.kind) {
      case 'wait':
        this.#now += request.seconds
        return { outcome: 'waited' }
      case 'validate':
        return this.#validate(request)
      default:
        return this.#once(request)
    }
  }

  /** The log as it reads now, oldest first. */
  log(): LogRow[] {
    return this.units.map((unit, index) => ({
      unit: index,
      code: unit.coupon.code,
      ordinal: unit.ordinal,
      userId: unit.userId,
      memo: unit.memo,
      key: unit.key,
      status: this.#statusOf(unit),
      isRedeemed: unit.isRedeemed,
      expires: unit.expiresAt !== null,
      rollbackReason: unit.rollbackReason,
    }))
  }

  /** Rule 8: an effect of a key is answered again, a refusal is decided anew. */
  #once(request: Write): Answer {
    if (request.key === null) return this.#write(request)
    const asText = JSON.stringify({ ...request, key: null, by: null })
    const stored = this.#answers.get(request.key)
    if (stored !== undefined) {
      return stored.request === asText
        ? { ...stored.answer, replayed: true }
        : { outcome: 'key-reused' }
    }
    const answer = this.#write(request)
    if ('replayed' in answer) this.#answers.set(request.key, { request: asText, answer })
    return answer
  }

  #write(request: Write): Answer {
    switch (request.kind) {
      case 'create':
        return this.#create(request)
      case 'update':
        return this.#update(request)
      case 'delete':
        return this.#delete(request)
      case 'redeem':
      case 'reserve':
        return this.#take(request)
      case 'confirm':
        return this.#confirm(request)
      case 'release':
        return this.#release(request)
      case 'rollback':
        return this.#rollback(request)
    }
  }

  #create({ code, terms }: CreateRequest): Answer {
    if (this.#find(code) !== undefined) return { outcome: 'code-taken' }
    const coupon: ModelCoupon = { code, ...terms, isDeleted: false }
    this.#coupons.push(coupon)
    return { outcome: 'created', coupon: this.#describe(coupon), replayed: false }
  }

  #update({ code, changes }: UpdateRequest): Answer {
    const coupon = this.#find(code)
    if (coupon === undefined) return { outcome: 'not-found' }
    // Rule 6.
    const isUsed = this.units.some((unit) => unit.coupon === coupon)
    if (isUsed && Object.keys(changes).some((field) => field !== 'memo')) {
      return { outcome: 'locked-by-use' }
    }
    Object.assign(coupon, changes)
    return { outcome: 'updated', coupon: this.#describe(coupon), replayed: false }
  }

  #delete({ code }: DeleteRequest): Answer {
    const coupon = this.#find(code)
    if (coupon === undefined) return { outcome: 'not-found' }
    coupon.isDeleted = true
    return { outcome: 'deleted', replayed: false }
  }

  #validate({ code, userId }: ValidateRequest): Answer {
    const coupon = this.#find(code)
    if (coupon === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
    const reason = this.#rejectionOf(coupon, userId)
    const described = this.#describe(coupon)
    return reason === null
      ? { outcome: 'usable', coupon: described }
      : { outcome: 'rejected', reason, coupon: described }
  }

  #take(request: TakeRequest): Answer {
    const { kind, code, userId, memo, key } = request
    const coupon = this.#find(code)
    if (coupon === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND' }
    const rejection = this.#rejectionOf(coupon, userId)
    // What can never succeed is told before what the caller can mend, and that before what only needs time.
    if (rejection !== null && rejection !== 'ALL_HELD') {
      return { outcome: 'rejected', reason: rejection }
    }
    if (coupon.useLimit >= 2 && userId === null) {
      return { outcome: 'rejected', reason: 'USER_ID_REQUIRED' }
    }
    if (rejection !== null) return { outcome: 'rejected', reason: rejection }

    const isLimited = coupon.useLimit > 0
    this.units.push({
      coupon,
      ordinal: isLimited ? this.units.filter((unit) => unit.coupon === coupon).length + 1 : null,
      userId,
      memo,
      key,
      status: kind === 'redeem' ? 'REDEEMED' : 'RESERVED',
      expiresAt: request.kind === 'reserve' ? this.#now + request.ttlSeconds : null,
      isRedeemed: kind === 'redeem',
      hasEnded: false,
      rollbackReason: null,
    })
    const { used, remaining } = this.#usageOf(coupon)
    return {
      outcome: kind === 'redeem' ? 'redeemed' : 'reserved',
      taken: {
        unit: this.units.length - 1,
        ordinal: this.units.at(-1)?.ordinal ?? null,
        used: isLimited ? used : null,
        remaining,
        isRedeemed: kind === 'redeem',
        expires: kind === 'reserve',
      },
      replayed: false,
    }
  }

  #confirm({ unit: index }: SettleRequest): Answer {
    const unit = this.units[index]
    const status = unit && this.#statusOf(unit)
    if (unit === undefined || status === 'RELEASED' || status === 'ROLLED_BACK') {
      return { outcome: 'rejected', reason: 'RESERVATION_NOT_FOUND' }
    }
    // Too late, so that it takes a unit as a new redemption would.
    if (status === 'EXPIRED') {
      const { coupon, userId } = unit
      if (coupon.isDeleted || this.#rejectionOf(coupon, userId) !== null) {
        return { outcome: 'rejected', reason: 'RESERVATION_EXPIRED' }
      }
    }
    Object.assign(unit, { status: 'REDEEMED', isRedeemed: true, hasEnded: false })
    return this.#settled(index)
  }

  #release({ unit: index }: SettleRequest): Answer {
    const unit = this.units[index]
    const status = unit && this.#statusOf(unit)
    if (unit === undefined || status === 'REDEEMED' || status === 'ROLLED_BACK') {
      return { outcome: 'rejected', reason: 'RESERVATION_NOT_FOUND' }
    }
    const after = status === 'RESERVED' ? 'RELEASED' : status
    Object.assign(unit, { status: after, hasEnded: true })
    return this.#settled(index)
  }

  #rollback({ unit: index, reason }: RollbackRequest): Answer {
    const unit = this.units[index]
    if (unit?.status === 'ROLLED_BACK') {
      return { outcome: 'rejected', reason: 'ALREADY_ROLLED_BACK' }
    }
    if (unit?.status !== 'REDEEMED') {
      return { outcome: 'rejected', reason: 'REDEMPTION_NOT_FOUND' }
    }
    Object.assign(unit, { status: 'ROLLED_BACK', hasEnded: true, rollbackReason: reason })
    return this.#settled(index)
  }

  #settled(index: number): Answer {
    const unit = this.units[index] as ModelUnit
    const { coupon, ordinal, userId, memo, status, isRedeemed, hasEnded, rollbackReason } = unit
    return {
      outcome: 'settled',
      redemption: {
        unit: index,
        code: coupon.code,
        status,
        ordinal,
        userId,
        memo,
        isRedeemed,
        expires: unit.expiresAt !== null,
        hasEnded,
        rollbackReason,
      },
      replayed: false,
    }
  }

  #rejectionOf(coupon: ModelCoupon, userId: string | null): ValidateRejection | null {
    const { useLimit, userLimit, period } = coupon
    const standing = this.#standing(coupon)
    const redeemed = standing.filter(({ status }) => status === 'REDEEMED')
    if (period === 'to come') return 'NOT_STARTED'
    if (period === 'over') return 'EXPIRED'
    const ofUser = standing.filter((unit) => unit.userId === userId)
    if (userId !== null && ofUser.length >= userLimit) return 'ALREADY_REDEEMED_BY_USER'
    if (useLimit > 0 && redeemed.length >= useLimit) return 'EXHAUSTED'
    if (useLimit > 0 && standing.length >= useLimit) return 'ALL_HELD'
    return null
  }

  #find(code: string): ModelCoupon | undefined {
    return this.#coupons.find((coupon) => coupon.code === code && !coupon.isDeleted)
  }

  /** Units that count: redeemed, or held by a reservation whose time is not over. */
  #standing(coupon: ModelCoupon): ModelUnit[] {
    return this.units.filter(
      (unit) => unit.coupon === coupon && ['REDEEMED', 'RESERVED'].includes(this.#statusOf(unit)),
    )
  }

  #statusOf({ status, expiresAt }: ModelUnit): RedemptionStatus {
    const isOver = expiresAt !== null && expiresAt <= this.#now
    return status === 'RESERVED' && isOver ? 'EXPIRED' : status
  }

  #usageOf(coupon: ModelCoupon) {
    const standing = this.#standing(coupon)
    const used = standing.filter(({ status }) => status === 'REDEEMED').length
    const remaining = coupon.useLimit === 0 ? null : coupon.useLimit - standing.length
    return { used, held: standing.length - used, remaining }
  }

  #describe(coupon: ModelCoupon): DescribedCoupon {
    const { code, useLimit, userLimit, period, memo } = coupon
    return { code, useLimit, userLimit, period, memo, usage: this.#usageOf(coupon) }
  }
}

/** Where today lies: before the first day of the coupon, within its days, or after the last. */
export type Period = 'open' | 'to come' | 'over'

export interface Terms {
  readonly useLimit: number
  readonly userLimit: number
  readonly period: Period
  readonly memo: string
}

interface Keyed {
  readonly key: string | null
}

export interface CreateRequest extends Keyed {
  readonly kind: 'create'
  readonly code: string
  readonly terms: Terms
}

export interface UpdateRequest extends Keyed {
  readonly kind: 'update'
  readonly code: string
  readonly changes: Partial<Terms>
}

export interface DeleteRequest extends Keyed {
  readonly kind: 'delete'
  readonly code: string
}

interface UnitRequest extends Keyed {
  readonly code: string
  readonly userId: string | null
  readonly memo: string
  /** Which core decides: a matter of the real side alone. */
  readonly by: number
}

export type TakeRequest =
  | (UnitRequest & { readonly kind: 'redeem' })
  | (UnitRequest & { readonly kind: 'reserve'; readonly ttlSeconds: number })

export interface SettleRequest extends Keyed {
  readonly kind: 'confirm' | 'release'
  /** Place in {@link CoreModel.units}; beyond its end, a unit that there is none of. */
  readonly unit: number
}

export interface RollbackRequest extends Keyed {
  readonly kind: 'rollback'
  readonly unit: number
  readonly reason: string
}

export interface ValidateRequest {
  readonly kind: 'validate'
  readonly code: string
  readonly userId: string | null
}

export interface WaitRequest {
  readonly kind: 'wait'
  readonly seconds: number
}

export type Write =
  | CreateRequest
  | UpdateRequest
  | DeleteRequest
  | TakeRequest
  | SettleRequest
  | RollbackRequest

export type Request = Write | ValidateRequest | WaitRequest

interface ModelCoupon {
  readonly code: string
  useLimit: number
  userLimit: number
  period: Period
  memo: string
  isDeleted: boolean
}

interface ModelUnit {
  readonly coupon: ModelCoupon
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  readonly key: string | null
  /** A reservation stays RESERVED when its time is over. */
  readonly status: RedemptionStatus
  readonly expiresAt: number | null
  readonly isRedeemed: boolean
  readonly hasEnded: boolean
  readonly rollbackReason: string | null
}

export interface DescribedCoupon extends Terms {
  readonly code: string
  readonly usage: {
    readonly used: number
    readonly held: number
    readonly remaining: number | null
  }
}

export interface LogRow {
  readonly unit: number
  readonly code: string
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  readonly key: string | null
  readonly status: RedemptionStatus
  readonly isRedeemed: boolean
  readonly expires: boolean
  readonly rollbackReason: string | null
}

/** The answer to a write that did something. */
type Effect = Extract<Answer, { readonly replayed: boolean }>

export type Answer =
  | { readonly outcome: 'waited' | 'code-taken' | 'not-found' | 'locked-by-use' | 'key-reused' }
  | { readonly outcome: 'deleted'; readonly replayed: boolean }
  | {
      readonly outcome: 'created' | 'updated'
      readonly coupon: DescribedCoupon
      readonly replayed: boolean
    }
  | { readonly outcome: 'usable'; readonly coupon: DescribedCoupon }
  | {
      readonly outcome: 'rejected'
      readonly reason:
        | TakeRejection
        | 'RESERVATION_NOT_FOUND'
        | 'RESERVATION_EXPIRED'
        | 'REDEMPTION_NOT_FOUND'
        | 'ALREADY_ROLLED_BACK'
      readonly coupon?: DescribedCoupon | null
    }
  | {
      readonly outcome: 'redeemed' | 'reserved'
      readonly taken: {
        readonly unit: number
        readonly ordinal: number | null
        readonly used: number | null
        readonly remaining: number | null
        readonly isRedeemed: boolean
        readonly expires: boolean
      }
      readonly replayed: boolean
    }
  | {
      readonly outcome: 'settled'
      readonly redemption: LogRow extends infer Row
        ? Omit<Row, 'key'> & { readonly hasEnded: boolean }
        : never
      readonly replayed: boolean
    }
