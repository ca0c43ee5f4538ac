import { html, nothing, type TemplateResult } from 'lit-html'
import type { Lookup, Validation } from '../parts/coupon-lookup.ts'
import { couponView } from '../parts/coupon-view.ts'
import { describeDiscount } from '../parts/describe-discount.ts'
import { failureView } from '../parts/message-views.ts'
import { mayBeMistyped, readTypedCode } from '../parts/typed-code.ts'
import { refusalText } from '../texts/refusals.ts'
import { BASKET_CENTS, discountCents, formatCents } from './price.ts'

/** What is known of the code, as far as it was typed. */
export function codeSaysView(model: {
  readonly typed: string
  readonly lookup: Lookup | null
  readonly isWanted: boolean
}): TemplateResult | typeof nothing {
  const reading = readTypedCode(model.typed)
  if (reading.kind === 'empty') return nothing
  if (reading.kind === 'no code') return html`<p class="hint">${reading.rule}</p>`
  const known = model.lookup?.code === reading.code ? model.lookup : null
  if (known?.validation) return validationView(known.validation)
  if (known?.failure) return failureView(known.failure, 'status')
  return html`
    ${
      reading.isMistyped
        ? html`<p class="notice bad" data-mistyped>
            There seems to be a typing mistake in this code. Please compare it.
          </p>`
        : nothing
    }
    <p class="hint">${model.isWanted ? 'Looking the coupon up for you…' : 'Looking it up…'}</p>
  `
}

function validationView({ valid, reason, code, coupon }: Validation): TemplateResult {
  const discount = coupon === null ? '' : describeDiscount(coupon.discount)
  if (valid && coupon !== null) {
    const off = discountCents(BASKET_CENTS, coupon.discount)
    return html`
      <p class="notice good" data-valid>
        This coupon can be used${off === null ? '' : `: you save ${formatCents(off)}`}.
      </p>
      ${couponView(coupon, discount)}
    `
  }
  const { text, advice } = refusalText(reason ?? '')
  const isMistyped = reason === 'NOT_FOUND' && mayBeMistyped(code)
  return html`
    <p class="notice bad" data-code=${reason ?? ''}>
      <strong>${text}</strong> ${isMistyped ? 'Is there a typing mistake in it?' : advice}
    </p>
    ${coupon === null ? nothing : couponView(coupon, discount)}
  `
}
