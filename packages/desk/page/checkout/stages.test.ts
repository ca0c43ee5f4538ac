import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../gateway/failure.ts'
import type { Redemption, WriteResult } from '../gateway/write-result.ts'
import {
  CHOOSING,
  type CheckoutCall,
  type CheckoutEvent,
  type CheckoutStage,
  checkoutFlow,
  type Order,
} from './stages.ts'

const ORDER: Order = {
  orderNumber: '1',
  code: 'WELCOME10',
  customerId: 'ada',
  discount: '10 % off',
  offCents: '489',
}

/** A gateway with a limit, and a bank, that remember what was asked of them under which key. */
class World {
  readonly #answers = new Map<string, WriteResult>()
  readonly #redemptions = new Map<string, Redemption>()
  readonly payments = new Set<string>()
  readonly confirmed = new Set<string>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get taken(): readonly Redemption[] {
    return [...this.#redemptions.values()].filter(({ status }) =>
      ['RESERVED', 'REDEEMED'].includes(status),
    )
  }

  /** As the contract says: a granted key is answered again, a refused one is decided anew. */
  write(call: Exclude<CheckoutCall, { kind: 'pay' }>): WriteResult {
    const known = this.#answers.get(call.key)
    if (known !== undefined) return known
    const result = this.#decide(call)
    if (result.kind === 'done') this.#answers.set(call.key, result)
    return result
  }

  #decide(call: Exclude<CheckoutCall, { kind: 'pay' }>): WriteResult {
    switch (call.kind) {
      case 'reserve': {
        if (this.taken.length >= this.#limit) return refused('EXHAUSTED')
        return this.#keep({ ...REDEMPTION, id: `r-${call.key}`, status: 'RESERVED' })
      }
      case 'confirm':
        this.confirmed.add(call.reservationId)
        return this.#move(call.reservationId, 'RESERVED', 'REDEEMED', 'RESERVATION_NOT_FOUND')
      case 'release':
        return this.#move(call.reservationId, 'RESERVED', 'RELEASED', 'RESERVATION_NOT_FOUND')
      case 'roll back':
        return this.#move(call.redemptionId, 'REDEEMED', 'ROLLED_BACK', 'ALREADY_ROLLED_BACK')
    }
  }

  #move(
    id: string,
    from: Redemption['status'],
    to: Redemption['status'],
    otherwise: 'RESERVATION_NOT_FOUND' | 'ALREADY_ROLLED_BACK',
  ): WriteResult {
    const redemption = this.#redemptions.get(id)
    if (redemption?.status !== from) return refused(otherwise)
    return this.#keep({ ...redemption, status: to })
  }

  #keep(redemption: Redemption): WriteResult {
    this.#redemptions.set(redemption.id, redemption)
    return { kind: 'done', redemption }
  }
}

const REDEMPTION: Redemption = {
  id: '',
  code: ORDER.code,
  status: 'RESERVED',
  userId: ORDER.customerId,
  memo: null,
  idempotencyKey: '',
  ordinal: 1,
  redeemedAt: null,
  expiresAt: null,
  rolledBackAt: null,
  rollbackReason: null,
}

function refused(code: 'EXHAUSTED' | 'RESERVATION_NOT_FOUND' | 'ALREADY_ROLLED_BACK'): WriteResult {
  return { kind: 'refused', refusal: { code, message: '' } }
}

/** A page over that world: it may be reloaded, and what is on its way may be lost in either direction. */
class Page {
  stage: CheckoutStage = CHOOSING
  readonly #world: World
  /** What was begun and has not come back. A reload forgets it, and its effect may still come. */
  inFlight: { readonly call: CheckoutCall; readonly id: string } | null = null
  readonly sentKeys: string[] = []
  /** What a reload would find. */
  #kept = JSON.stringify(CHOOSING)

  constructor(world: World) {
    this.#world = world
  }

  dispatch(event: CheckoutEvent): void {
    this.stage = checkoutFlow.advance(this.stage, event)
    this.#kept = JSON.stringify(this.stage)
    this.begin()
  }

  begin(): void {
    const due = checkoutFlow.due(this.stage)
    if (due === null || due.id === this.inFlight?.id) return
    // What goes out is what was kept before.
    const { call } = due
    expect(this.#kept).toContain(call.kind === 'pay' ? call.payment.id : call.key)
    // A bank that was asked may take the money, whatever becomes of the page.
    if (call.kind === 'pay' && call.payment.willSucceed) this.#world.payments.add(call.payment.id)
    this.inFlight = due
  }

  reload(): void {
    this.stage = JSON.parse(this.#kept)
    this.inFlight = null
    this.begin()
  }

  /** The call arrives, or not, and its answer does, or not. */
  settle(fate: 'answered' | 'answer lost' | 'request lost'): void {
    const call = this.inFlight?.call
    if (call === undefined) return
    this.inFlight = null
    if (call.kind === 'pay') {
      const { id, willSucceed } = call.payment
      this.dispatch({ kind: 'paid', paymentId: id, isPaid: willSucceed })
      return
    }
    this.sentKeys.push(call.key)
    const result = fate === 'request lost' ? null : this.#world.write(call)
    const lost: WriteResult = { kind: 'failed', failure: failureOf('NO_ANSWER') }
    this.dispatch({
      kind: 'written',
      answer: {
        key: call.key,
        result: fate === 'answered' && result !== null ? result : lost,
        nowMs: 1_000,
        random: 0,
      },
    })
  }
}

let lastKey = 0
function newKey(): string {
  lastKey += 1
  return `key-${lastKey}`
}

const EVENTS = [
  'reserve',
  'pay',
  'decline',
  'cancel',
  'roll back',
  'try now',
  'start over',
] as const

function eventOf(name: (typeof EVENTS)[number]): CheckoutEvent {
  const key = newKey()
  switch (name) {
    case 'reserve':
      return { kind: 'reserve', order: ORDER, key }
    case 'pay':
    case 'decline':
      return { kind: 'pay', payment: { id: `pay-${key}`, willSucceed: name === 'pay' }, key }
    case 'cancel':
    case 'roll back':
      return { kind: name, key }
    default:
      return { kind: name }
  }
}

type Step =
  | { readonly press: (typeof EVENTS)[number]; readonly times: number }
  | { readonly settle: 'answered' | 'answer lost' | 'request lost' }
  | 'reload'

const steps = fc.array(
  fc.oneof(
    fc.record({ press: fc.constantFrom(...EVENTS), times: fc.integer({ min: 1, max: 2 }) }),
    fc.record({
      settle: fc.constantFrom('answered' as const, 'answer lost' as const, 'request lost' as const),
    }),
    fc.constant('reload' as const),
  ),
  // As long as said: fast-check would mostly take ten.
  { maxLength: 60, size: 'max' },
)

describe('an order, whatever is clicked twice, lost or reloaded,', () => {
  it('takes at most one unit at a time, is paid once for one redemption, and comes to rest', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), (script: readonly Step[], limit) => {
        const world = new World(limit)
        const page = new Page(world)
        for (const step of script) {
          if (step === 'reload') page.reload()
          else if ('settle' in step) page.settle(step.settle)
          else {
            // As two clicks do it, each with keys of its own.
            for (let click = 0; click < step.times; click += 1) page.dispatch(eventOf(step.press))
          }
          const order = 'order' in page.stage && page.stage.at !== 'gave-up'
          const redeemed = world.taken.filter(({ status }) => status === 'REDEEMED')
          const held = world.taken.filter(({ status }) => status === 'RESERVED')
          // Orders that ended with a receipt keep theirs; what is held belongs to the one that is open.
          expect(held.length).toBeLessThanOrEqual(order ? 1 : 0)
          expect(redeemed.length).toBeLessThanOrEqual(world.payments.size)
        }
        // Answers arrive from now on.
        for (let round = 0; round < 20 && page.inFlight !== null; round += 1)
          page.settle('answered')
        expect(page.inFlight).toBeNull()
        if (page.stage.at === 'done') {
          expect(page.stage.redemption.status).toBe('REDEEMED')
          expect(world.taken).toContainEqual(page.stage.redemption)
        }
        const held = world.taken.filter(({ status }) => status === 'RESERVED')
        expect(held).toHaveLength(page.stage.at === 'reserved' ? 1 : 0)
        // Who has paid has it: every payment was followed by a confirmation that had its effect.
        expect(world.confirmed.size).toBe(world.payments.size)
      }),
      { numRuns: 250 },
    )
  })

  it('sends one key for one intention, however often', () => {
    const world = new World(1)
    const page = new Page(world)
    page.dispatch(eventOf('reserve'))
    page.dispatch(eventOf('reserve'))
    for (const fate of ['request lost', 'answer lost', 'answered'] as const) {
      page.reload()
      page.settle(fate)
    }
    expect(new Set(page.sentKeys).size).toBe(1)
    expect(page.sentKeys).toHaveLength(3)
    expect(page.stage.at).toBe('reserved')
  })
})

describe('the checkout', () => {
  const reserved: CheckoutStage = { at: 'reserved', order: ORDER, reservation: REDEMPTION }
  const confirming = checkoutFlow.advance(
    checkoutFlow.advance(reserved, {
      kind: 'pay',
      payment: { id: 'p', willSucceed: true },
      key: 'c',
    }),
    { kind: 'paid', paymentId: 'p', isPaid: true },
  )
  const answered = (stage: CheckoutStage, key: string, result: WriteResult) =>
    checkoutFlow.advance(stage, {
      kind: 'written',
      answer: { key, result, nowMs: 0, random: 0 },
    })

  it('gives a payment back when the coupon could not be kept', () => {
    expect(
      answered(confirming, 'c', {
        kind: 'refused',
        refusal: { code: 'RESERVATION_EXPIRED', message: '' },
      }),
    ).toMatchObject({ at: 'refunded', notice: { refusal: { code: 'RESERVATION_EXPIRED' } } })
  })

  it('hands nothing out while a redemption is PENDING', () => {
    const pending: WriteResult = { kind: 'done', redemption: { ...REDEMPTION, status: 'PENDING' } }
    expect(answered(confirming, 'c', pending)).toMatchObject({
      at: 'confirming',
      write: { mayHaveHappened: true, trouble: { kind: 'unsettled' } },
    })
  })

  it('pays no attention to the answer of another key', () => {
    const other: WriteResult = { kind: 'done', redemption: { ...REDEMPTION, status: 'REDEEMED' } }
    expect(answered(confirming, 'somebody else', other)).toBe(confirming)
  })

  it('counts ALREADY_ROLLED_BACK as rolled back', () => {
    const done: CheckoutStage = { at: 'done', order: ORDER, redemption: REDEMPTION, notice: null }
    const rollingBack = checkoutFlow.advance(done, { kind: 'roll back', key: 'b' })
    expect(answered(rollingBack, 'b', refused('ALREADY_ROLLED_BACK'))).toMatchObject({
      at: 'rolled-back',
    })
  })

  it('lets nobody give up what is going well, or start over what is on its way', () => {
    expect(checkoutFlow.advance(confirming, { kind: 'give up' })).toBe(confirming)
    expect(checkoutFlow.advance(confirming, { kind: 'start over' })).toBe(confirming)
    expect(checkoutFlow.advance(reserved, { kind: 'start over' })).toBe(reserved)
  })
})
