import { createAsk } from '../gateway/ask.ts'
import { createCustomerSession } from '../gateway/session.ts'
import { createCouponLookup, TYPING_PAUSE_MS } from '../parts/coupon-lookup.ts'
import { describeDiscount } from '../parts/describe-discount.ts'
import { keepState } from '../parts/kept-state.ts'
import { newKey } from '../parts/new-key.ts'
import { readPageSettings } from '../parts/page-settings.ts'
import { runFlow } from '../parts/run-flow.ts'
import { createShow } from '../parts/show.ts'
import { readTypedCode } from '../parts/typed-code.ts'
import { createPerform } from './perform.ts'
import { BASKET_CENTS, discountCents } from './price.ts'
import { CHOOSING, type CheckoutStage, checkoutFlow } from './stages.ts'
import { checkoutView } from './view.ts'

/** Changes when a stage of an older page could not be gone on with. */
const KEPT_VERSION = 1

const { gatewayUrl, isDemo } = readPageSettings()
const session = createCustomerSession()
const ask = createAsk({
  gatewayUrl,
  getToken: session.getToken,
  withoutToken: 'NO_ANSWER',
  forgetToken: session.forget,
})
const show = createShow()
const kept = keepState<CheckoutStage>(sessionStorage, 'checkout', KEPT_VERSION)

let typed = ''
/** The button was pressed before it was known what the coupon gives. */
let isWanted = false
const initial = kept.load() ?? CHOOSING
let isKept = kept.save(initial)

const lookup = createCouponLookup({
  ask,
  getUserId: session.getCustomerId,
  isLive: false,
  onChange() {
    if (isWanted) void reserve()
    update()
  },
})

const flow = runFlow(checkoutFlow, initial, {
  save(stage) {
    isKept = kept.save(stage)
  },
  perform: createPerform(ask),
  onChange(stage) {
    // What was known of the coupon is from before it was held, used or given back.
    if (stage.at === 'choosing') lookup.refresh()
    update()
  },
})

/** Holds the coupon that was typed, as soon as it is known to be usable. */
async function reserve(): Promise<void> {
  const reading = readTypedCode(typed)
  if (reading.kind !== 'code') {
    isWanted = false
    update()
    return
  }
  lookup.want(reading.code)
  const validation = lookup.current?.validation ?? null
  isWanted = validation === null
  if (!validation?.valid || validation.coupon === null) {
    update()
    return
  }
  const customerId = await session.getCustomerId()
  if (customerId === null) {
    // It says so, and goes on when there is a session again.
    isWanted = true
    lookup.refresh()
    return
  }
  const { code, discount } = validation.coupon
  flow.dispatch({
    kind: 'reserve',
    key: newKey(),
    order: {
      orderNumber: newKey().slice(0, 8),
      code,
      customerId,
      discount: describeDiscount(discount),
      offCents: String(discountCents(BASKET_CENTS, discount) ?? 0n),
    },
  })
}

function update(): void {
  const { state: stage } = flow
  const view = checkoutView({
    stage,
    typed,
    lookup: lookup.current,
    isWanted,
    isDemo,
    isKept,
    onType(text) {
      typed = text
      isWanted = false
      const reading = readTypedCode(text)
      lookup.want(reading.kind === 'code' ? reading.code : null, TYPING_PAUSE_MS)
      update()
    },
    onReserve: () => void reserve(),
    onPay(willSucceed) {
      const payment = { id: newKey(), willSucceed }
      flow.dispatch({ kind: 'pay', payment, key: newKey() })
    },
    onCancel: () => flow.dispatch({ kind: 'cancel', key: newKey() }),
    onRollBack: () => flow.dispatch({ kind: 'roll back', key: newKey() }),
    onTryNow: () => flow.dispatch({ kind: 'try now' }),
    onGiveUp: () => flow.dispatch({ kind: 'give up' }),
    onStartOver() {
      typed = ''
      lookup.want(null)
      flow.dispatch({ kind: 'start over' })
    },
  })
  show(view, stage.at)
}

window.addEventListener('online', () => flow.dispatch({ kind: 'try now' }))
update()
