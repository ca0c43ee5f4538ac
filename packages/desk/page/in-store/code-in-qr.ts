import { parseCouponCode } from '@coupon-gateway/coupon-code'

const PARAMETERS = ['code', 'coupon'] as const

/**
 * The code in what a QR code says: the code itself, or a link with it as `?code=`, `?coupon=` or the end of its path,
 * as shops print them. The link is never opened.
 *
 * @returns undefined when there is none
 */
export function codeInQr(text: string): string | undefined {
  const whole = parseCouponCode(text)
  if (whole !== undefined) return whole
  const url = readUrl(text.trim())
  if (url === undefined) return undefined
  const candidates = [
    ...PARAMETERS.map((name) => url.searchParams.get(name)),
    url.pathname.split('/').findLast((part) => part !== ''),
  ]
  for (const candidate of candidates) {
    const code = parseCouponCode(candidate ?? '')
    if (code !== undefined) return code
  }
  return undefined
}

/** `URL.parse` is younger than the telephones of many. */
function readUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
