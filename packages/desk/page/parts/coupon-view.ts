import { html, nothing, type TemplateResult } from 'lit-html'
import type { Coupon } from './coupon-lookup.ts'

/** How often a coupon was used, in words. */
export function describeUses({ used, reserved, limit, remaining }: Coupon['usage']): string {
  if (limit === null) return `used ${used} times, unlimited`
  const held = reserved ? `, ${reserved} held` : ''
  return `${used} of ${limit} used${held}, ${remaining ?? 0} left`
}

/** A coupon with what it gives and how often it was used. */
export function couponView(coupon: Coupon, discount: string): TemplateResult {
  return html`
    <dl class="facts">
      <div><dt>Coupon</dt><dd>${coupon.name ?? coupon.code}</dd></div>
      <div><dt>Code</dt><dd><code>${coupon.code}</code></dd></div>
      <div><dt>Gives</dt><dd>${discount}</dd></div>
      <div><dt>Uses</dt><dd data-uses>${describeUses(coupon.usage)}</dd></div>
      ${
        coupon.endsOn === null
          ? nothing
          : html`<div><dt>Last day</dt><dd>${coupon.endsOn}</dd></div>`
      }
    </dl>
  `
}
