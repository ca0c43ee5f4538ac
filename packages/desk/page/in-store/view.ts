import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Coupon, Lookup } from '../parts/coupon-lookup.ts'
import { couponView } from '../parts/coupon-view.ts'
import { describeDiscount } from '../parts/describe-discount.ts'
import { frameView } from '../parts/frame-view.ts'
import { failureView, pendingView, refusalView } from '../parts/message-views.ts'
import { dateTimeOf } from '../parts/moment.ts'
import { mayBeMistyped } from '../parts/typed-code.ts'
import { type RefusalCode, refusalText } from '../texts/refusals.ts'
import { findingView } from './finding-view.ts'
import { inputView } from './input-view.ts'
import type { ScanState } from './scanner.ts'
import { signInView } from './sign-in-view.ts'
import type { DeskNotice, InStoreStage } from './stages.ts'

export interface InStoreModel {
  readonly stage: InStoreStage
  readonly typed: { readonly code: string; readonly password: string; readonly userId: string }
  readonly lookup: Lookup | null
  readonly scan: ScanState
  readonly isSignedIn: boolean
  readonly isKeyWrong: boolean
  readonly isDemo: boolean
  readonly isKept: boolean
  readonly onSignIn: (key: string) => void
  readonly onSignOut: () => void
  readonly onType: (field: 'code' | 'password' | 'userId', text: string) => void
  readonly onFind: () => void
  readonly onOpenCamera: () => void
  readonly onCloseCamera: () => void
  readonly onVideo: (video: HTMLVideoElement | undefined) => void
  readonly onPicture: (file: File) => void
  readonly onRedeem: () => void
  readonly onNext: () => void
  readonly onTryNow: () => void
  readonly onGiveUp: () => void
}

export function inStoreView(model: InStoreModel): TemplateResult {
  const { isSignedIn, stage, onSignOut } = model
  return frameView(
    '/in-store',
    model.isKept,
    html`
      <h1>In-store desk</h1>
      <section
        class="card narrow"
        aria-label="Coupon of the customer"
        data-stage=${isSignedIn ? stage.at : 'signing-in'}
      >
        ${isSignedIn ? stageView(model) : signInView(model)}
      </section>
      ${
        isSignedIn && stage.at !== 'redeeming'
          ? html`<p class="small">
              <button type="button" class="link" @click=${onSignOut}>Sign out</button>
            </p>`
          : nothing
      }
    `,
  )
}

function stageView(model: InStoreModel): TemplateResult {
  const { stage, onTryNow, onGiveUp, onNext } = model
  switch (stage.at) {
    case 'finding':
      return findingView(model)
    case 'shown':
      return shownView(model, stage)
    case 'redeeming':
      return pendingView(`Redeeming ${stage.code}`, stage.write, onTryNow, onGiveUp)
    case 'redeemed':
      return receiptView(model, stage)
    case 'gave-up':
      return html`
        <h2 tabindex="-1" data-focus>We stopped asking</h2>
        <p>
          It is not known whether <code>${stage.code}</code> was redeemed. Look at its uses before
          you redeem it again.
        </p>
        <p class="small">The request was <code>${stage.key}</code>.</p>
        ${nextView(onNext)}
      `
    default:
      throw new TypeError(`Unknown stage: ${JSON.stringify(stage satisfies never)}`)
  }
}

function shownView(
  model: InStoreModel,
  { code, notice }: InStoreStage & { at: 'shown' },
): TemplateResult {
  const { lookup, onNext } = model
  const validation = lookup?.validation ?? null
  const coupon = validation?.coupon ?? null
  const isUsable = validation?.valid || validation?.reason === 'USER_ID_REQUIRED'
  return html`
    <h2 tabindex="-1" data-focus>Coupon ${code}</h2>
    ${notice === null ? nothing : noticeView(notice)}
    ${lookup?.failure ? failureView(lookup.failure, 'status') : nothing}
    ${validation === null ? html`<p class="busy" role="status">Looking it up…</p>` : nothing}
    ${coupon === null ? nothing : couponView(coupon, describeDiscount(coupon.discount))}
    ${
      validation === null || isUsable
        ? nothing
        : html`<p class="notice bad" role="alert" data-code=${validation.reason ?? ''}>
            <strong>${refusalText(validation.reason ?? '').text}</strong>
            ${
              validation.reason === 'NOT_FOUND' && mayBeMistyped(code)
                ? 'Is there a typing mistake in it?'
                : refusalText(validation.reason ?? '').advice
            }
          </p>`
    }
    ${
      isUsable && coupon !== null
        ? redeemView(model, coupon, notice)
        : html`<div class="buttons">
            <button type="button" class="main" @click=${onNext}>Another code</button>
          </div>`
    }
  `
}

function redeemView(
  model: InStoreModel,
  coupon: Coupon,
  notice: DeskNotice | null,
): TemplateResult {
  const { typed, onType, onRedeem, onNext } = model
  return html`
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        onRedeem()
      }}
    >
      ${
        coupon.requiresUserId
          ? inputView({
              id: 'user',
              label: 'Customer number',
              value: typed.userId,
              onType: (text) => onType('userId', text),
            })
          : nothing
      }
      ${
        coupon.requiresOnsitePassword || asksForPassword(notice)
          ? html`
              <label for="password">Staff password of this coupon</label>
              <input
                id="password"
                type="password"
                autocomplete="off"
                required
                .value=${live(typed.password)}
                @input=${(event: InputEvent) =>
                  onType('password', (event.target as HTMLInputElement).value)}
              />
            `
          : nothing
      }
      <div class="buttons">
        <button class="main">Redeem now</button>
        <button type="button" @click=${onNext}>Another code</button>
      </div>
    </form>
  `
}

const ABOUT_PASSWORD: ReadonlySet<RefusalCode> = new Set([
  'ONSITE_PASSWORD_REQUIRED',
  'ONSITE_PASSWORD_WRONG',
  'TOO_MANY_ATTEMPTS',
])

/** A hosted coupon service does not say beforehand that there is a password. */
function asksForPassword(notice: DeskNotice | null): boolean {
  return (
    notice?.kind === 'password again' ||
    (notice?.kind === 'refused' && ABOUT_PASSWORD.has(notice.refusal.code))
  )
}

function receiptView(
  { lookup, onNext }: InStoreModel,
  { redemption }: InStoreStage & { at: 'redeemed' },
): TemplateResult {
  const coupon = lookup?.validation?.coupon ?? null
  return html`
    <h2 tabindex="-1" data-focus>Redeemed</h2>
    <p class="notice good">Hand it out: <code>${redemption.code}</code> is redeemed.</p>
    <dl class="facts receipt">
      ${
        redemption.ordinal === null
          ? nothing
          : html`<div><dt>Use</dt><dd>number ${redemption.ordinal}</dd></div>`
      }
      ${
        redemption.userId === null
          ? nothing
          : html`<div><dt>Customer</dt><dd>${redemption.userId}</dd></div>`
      }
      <div><dt>Redeemed</dt><dd>${dateTimeOf(redemption.redeemedAt)}</dd></div>
      <div><dt>Receipt</dt><dd><code>${redemption.id}</code></dd></div>
    </dl>
    ${coupon === null ? nothing : couponView(coupon, describeDiscount(coupon.discount))}
    ${nextView(onNext)}
  `
}

function nextView(onNext: () => void): TemplateResult {
  return html`<div class="buttons">
    <button type="button" class="main" @click=${onNext}>Next customer</button>
  </div>`
}

function noticeView(notice: DeskNotice): TemplateResult {
  switch (notice.kind) {
    case 'refused':
      return refusalView(notice.refusal)
    case 'stopped':
      return failureView(notice.failure)
    case 'password again':
      return html`<p class="notice bad" role="alert" data-code="PASSWORD_AGAIN">
        It was not redeemed before the page was reloaded. Please enter the password again.
      </p>`
    default:
      throw new TypeError(`Unknown notice: ${JSON.stringify(notice satisfies never)}`)
  }
}
