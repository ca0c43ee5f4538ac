import type { StackSettings } from './settings.ts'

/** The one screen after a start: where things are, keys, and a command to copy. */
export function describeStart(settings: StackSettings): string {
  const { apiUrl, gatewayUrl, deskUrl, database, demo } = settings
  const head = `
  Coupon Gateway is running. Ctrl-C stops it.

  Checkout     ${deskUrl}
  Shop desk    ${deskUrl}/in-store
  GraphQL      ${gatewayUrl}/graphql
  Playground   ${gatewayUrl}/playground
  Reference    ${gatewayUrl}/reference
  REST         ${apiUrl}/api/coupon/v1
  Database     ${database}
`
  if (!demo) return `${head}\n`
  return `${head}
  GraphQL keys  sk_demo (everything), pk_demo (validate only), staff_demo (validate, redeem on-site)
  REST keys     demo_personal_key, demo_limited_key, demo_free_key (redeem is refused)
  Coupons       WELCOME10  SINGLEUSE1  FRIENDS05  INSTORE42 (password 4242)  BIGSALE10K
                EXPIRED01  FUTURE001

  Try:

  curl ${gatewayUrl}/graphql \\
    -H 'Authorization: Bearer sk_demo' -H 'Content-Type: application/json' \\
    -d '{"query":"{ validateCoupon(code: \\"welcome-10\\") { valid coupon { name } } }"}'

`
}
