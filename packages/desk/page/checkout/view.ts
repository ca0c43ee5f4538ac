import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Lookup } from '../parts/coupon-lookup.ts'
import { frameView } from '../parts/frame-view.ts'
import { failureView, pendingView, refusalView } from '../parts/message-views.ts'
import { dateTimeOf, timeOf } from '../parts/moment.ts'
import { codeSaysView } from './code-says-view.ts'
import { BASKET, BASKET_CENTS, formatCents } from './price.ts'
import type { CheckoutStage, Notice, Order } from './stages.ts'

export interface CheckoutModel {
  readonly stage: CheckoutStage
  readonly typed: string
  readonly lookup: Lookup | null
  readonly isWanted: boolean
  readonly isDemo: boolean
  readonly isKept: boolean
  readonly onType: (text: string) => void
  readonly onReserve: () => void
  readonly onPay: (willSucceed: boolean) => void
  readonly onCancel: () => void
  readonly onRollBack: () => void
  readonly onTryNow: () => void
  readonly onGiveUp: () => void
  readonly onStartOver: () => void
}

export function checkoutView(model: CheckoutModel): TemplateResult {
  const order = 'order' in model.stage ? model.stage.order : null
  return frameView(
    '/',
    model.isKept,
    html`
      <h1>Checkout</h1>
      <div class="columns">
        <section class="card" aria-labelledby="basket">${basketView(order)}</section>
        <section class="card" aria-label="Coupon and payment" data-stage=${model.stage.at}>
          ${stageView(model)}
        </section>
      </div>
    `,
  )
}

function basketView(order: Order | null): TemplateResult {
  const off = BigInt(order?.offCents ?? 0)
  return html`
    <h2 id="basket">Your basket</h2>
    <table>
      <tbody>
        ${BASKET.map(
          ({ name, cents }) => html`
            <tr><th scope="row">${name}</th><td>${formatCents(cents)}</td></tr>
          `,
        )}
        ${
          order === null
            ? nothing
            : html`<tr>
                <th scope="row">Coupon ${order.code}, ${order.discount}</th>
                <td>−${formatCents(off)}</td>
              </tr>`
        }
      </tbody>
      <tfoot>
        <tr><th scope="row">To pay</th><td>${formatCents(BASKET_CENTS - off)}</td></tr>
      </tfoot>
    </table>
  `
}

function stageView(model: CheckoutModel): TemplateResult {
  const { stage, onTryNow, onGiveUp, onStartOver } = model
  const pending = (doing: string) =>
    pendingView(doing, 'write' in stage ? stage.write : null, onTryNow, onGiveUp)
  switch (stage.at) {
    case 'choosing':
      return choosingView(model, stage.notice)
    case 'reserving':
      return pending('Holding the coupon for you')
    case 'reserved':
      return reservedView(model, stage)
    case 'paying':
      return pending('Paying')
    case 'confirming':
      return pending('You have paid. Completing your order')
    case 'releasing':
      return pending(
        stage.why === 'declined'
          ? 'The card was declined. Giving the coupon free'
          : 'Giving the coupon free',
      )
    case 'rolling-back':
      return pending('Cancelling your order')
    case 'refunded':
      return html`
        <h2 tabindex="-1" data-focus>Your order could not be completed</h2>
        ${noticeView(stage.notice)}
        <p>You get your payment back.</p>
        ${startOverView('Start again', onStartOver)}
      `
    case 'done':
      return receiptView(model, stage)
    case 'rolled-back':
      return html`
        <h2 tabindex="-1" data-focus>Your order is cancelled</h2>
        <p>You get your payment back, and the coupon ${stage.order.code} can be used again.</p>
        ${startOverView('New order', onStartOver)}
      `
    case 'gave-up':
      return gaveUpView(stage, onStartOver)
    default:
      throw new TypeError(`Unknown stage: ${JSON.stringify(stage satisfies never)}`)
  }
}

function choosingView(model: CheckoutModel, notice: Notice | null): TemplateResult {
  const { typed, isDemo, onType, onReserve } = model
  return html`
    <h2 tabindex="-1" data-focus>Do you have a coupon?</h2>
    ${notice === null ? nothing : noticeView(notice)}
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        onReserve()
      }}
    >
      <label for="code">Coupon code</label>
      <input
        id="code"
        name="code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        aria-describedby="code-says"
        .value=${live(typed)}
        @input=${(event: InputEvent) => onType((event.target as HTMLInputElement).value)}
      />
      <div id="code-says" role="status">${codeSaysView(model)}</div>
      <div class="buttons"><button class="main">Use this coupon</button></div>
    </form>
    ${
      isDemo
        ? html`<p class="small">
            In the demo: <code>WELCOME10</code>, <code>FRIENDS05</code>, <code>SINGLEUSE1</code>,
            <code>EXPIRED01</code>.
          </p>`
        : nothing
    }
  `
}

function reservedView(
  { onPay, onCancel }: CheckoutModel,
  { order, reservation }: CheckoutStage & { at: 'reserved' },
): TemplateResult {
  const toPay = formatCents(BASKET_CENTS - BigInt(order.offCents))
  return html`
    <h2 tabindex="-1" data-focus>The coupon is yours</h2>
    <p>
      <code>${order.code}</code> is held for you until ${timeOf(reservation.expiresAt)}. Nobody else
      can take it before.
    </p>
    <div class="buttons">
      <button type="button" class="main" @click=${() => onPay(true)}>Pay ${toPay}</button>
      <button type="button" @click=${() => onPay(false)}>Pay with a card that is declined</button>
      <button type="button" @click=${onCancel}>Do without the coupon</button>
    </div>
    <p class="small">No money moves: the payment of this page is made up.</p>
  `
}

function receiptView(
  { onRollBack, onStartOver }: CheckoutModel,
  { order, redemption, notice }: CheckoutStage & { at: 'done' },
): TemplateResult {
  return html`
    <h2 tabindex="-1" data-focus>Thank you for your order</h2>
    ${notice === null ? nothing : noticeView(notice)}
    <dl class="facts receipt">
      <div><dt>Order</dt><dd>${order.orderNumber}</dd></div>
      <div><dt>Paid</dt><dd>${formatCents(BASKET_CENTS - BigInt(order.offCents))}</dd></div>
      <div><dt>Coupon</dt><dd><code>${redemption.code}</code>, ${order.discount}</dd></div>
      ${
        redemption.ordinal === null
          ? nothing
          : html`<div><dt>Use</dt><dd>number ${redemption.ordinal}</dd></div>`
      }
      <div><dt>Redeemed</dt><dd>${dateTimeOf(redemption.redeemedAt)}</dd></div>
      <div><dt>Receipt</dt><dd><code>${redemption.id}</code></dd></div>
    </dl>
    <div class="buttons">
      <button type="button" class="main" @click=${onStartOver}>New order</button>
      <button type="button" @click=${onRollBack}>Cancel this order</button>
    </div>
  `
}

const GAVE_UP: Readonly<Record<(CheckoutStage & { at: 'gave-up' })['what'], string>> = {
  reserving: 'The coupon may be held for you. If it is, it is free again within ten minutes.',
  confirming:
    'You have paid, and we do not know whether the coupon was redeemed. Please show this to the shop.',
  releasing: 'The coupon may still be held for you. It is free again within ten minutes.',
  'rolling-back': 'We do not know whether your order was cancelled. Please show this to the shop.',
}

function gaveUpView(
  { order, what, key }: CheckoutStage & { at: 'gave-up' },
  onStartOver: () => void,
): TemplateResult {
  return html`
    <h2 tabindex="-1" data-focus>We stopped asking</h2>
    <p>${GAVE_UP[what]}</p>
    <dl class="facts">
      <div><dt>Order</dt><dd>${order.orderNumber}</dd></div>
      <div><dt>Coupon</dt><dd><code>${order.code}</code></dd></div>
      <div><dt>Request</dt><dd><code>${key}</code></dd></div>
    </dl>
    ${startOverView('Start again', onStartOver)}
  `
}

function startOverView(text: string, onStartOver: () => void): TemplateResult {
  return html`<div class="buttons">
    <button type="button" class="main" @click=${onStartOver}>${text}</button>
  </div>`
}

function noticeView(notice: Notice): TemplateResult {
  switch (notice.kind) {
    case 'refused':
      return refusalView(notice.refusal)
    case 'stopped':
      return failureView(notice.failure)
    case 'released':
      return html`<p class="notice" role="status">
        ${notice.why === 'declined' ? 'The card was declined, and nothing was paid. ' : ''}The
        coupon is free again.
      </p>`
    case 'ended':
      return html`<p class="notice bad" role="alert">The coupon is not held for you any more.</p>`
    default:
      throw new TypeError(`Unknown notice: ${JSON.stringify(notice satisfies never)}`)
  }
}
