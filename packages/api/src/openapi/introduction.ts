/** What the document says before its calls. */

export const INFO = {
  info: {
    title: 'Coupon API',
    version: '0.1.0',
    license: { name: 'MIT', identifier: 'MIT' },
    summary: 'Issue coupons, and redeem each exactly as often as its limit says.',
    description: `
Every answer is an envelope \`{ "code": 0, "message": "", "result": … }\`. A \`code\` other than 0 is an error: its text is
in \`message\`, its stable name in \`error\`. **A coupon that cannot be used is an answer with HTTP 200**; a problem with
the call itself has its HTTP status.

**Keys.** Send \`Authorization: APIKey {key}\` with every call. A key belongs to an account, and sees the coupons of that
account only: any other is NOT_FOUND.

**Retries.** Send an \`Idempotency-Key\` with every write. After a lost answer, a timeout or a 5xx, send the same request
with the same key again: it has one effect. Wait at least \`Retry-After\` seconds where an answer has it.

**A checkout** validates the coupon when it is typed in, reserves it before the payment and confirms it afterwards, or
releases it when the payment fails. Without reservations: redeem after the payment, and roll back when the order fails.

**Days** (\`YYYY-MM-DD\`) are days in the time zone of the account; moments are ISO 8601 in UTC unless a field says
otherwise. **Amounts** are decimal numbers in the unit of the currency, with no more decimals than it has.
`.trim(),
  },
  servers: [{ url: '/', description: 'Where this document was served' }],
}

export const TAGS = [
  { name: 'Coupons', description: 'Issue coupons and look after them.' },
  { name: 'Redemption', description: 'Check a coupon and use it.' },
  { name: 'Log', description: 'Who used what, and when.' },
  { name: 'Service', description: 'For whoever runs the service. No key is needed.' },
] as const

export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The key of the account after the word `APIKey`: `APIKey demo_personal_key`.',
  },
}
