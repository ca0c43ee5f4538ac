/** An HTTP request to the gateway, with a secret key, as JSON unless it says otherwise. */
export interface Attack {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: string | Buffer
}

/** By what they try: what is sent, and what the refusal must say. */
export type Attacks = Readonly<
  Record<
    string,
    readonly (readonly [
      what: string,
      attack: Attack,
      status: number,
      code: string,
      words: string,
    ])[]
  >
>

export const document = (query: string, variables: unknown = {}, more: object = {}): Attack => ({
  payload: JSON.stringify({ query, variables, ...more }),
})
export const raw = (payload: string, contentType = 'application/json'): Attack => ({
  payload,
  headers: { 'content-type': contentType },
})
export const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
export const guesses = (count: number) =>
  times(count, (index) => `a${index}:validateCoupon(code:"GUESS${index + 1000}"){valid}`)
export const redeems = (count: number, prefix = 'r') =>
  times(
    count,
    (index) =>
      `${prefix}${index}:redeemCoupon(input:{code:"GUESS${index + 1000}",idempotencyKey:"key-${index + 1000}"}){replayed}`,
  )
export const codes = (count: number) =>
  Array.from({ length: count }, (_, index) => `GUESS${index + 1000}`)
export const nest = (count: number, open: string, close: string) =>
  open.repeat(count) + close.repeat(count)
/** Each level asks for the next one so often. */
export const multiply = (breadth: number) => {
  const aliases = (field: string, below: string) =>
    times(breadth, (index) => `${field[0]}${index}:${field}{...${below}}`)
  return `{ validateCoupon(code: "GUESS1000") { ...a } }
    fragment a on CouponValidation { ${aliases('coupon', 'b')} }
    fragment b on Coupon { ${aliases('redemptions', 'c')} }
    fragment c on RedemptionConnection { ${aliases('edges', 'd')} }
    fragment d on RedemptionEdge { ${aliases('node', 'e')} }
    fragment e on Redemption { ${times(breadth, (index) => `i${index}:id`)} }`
}
export const MANY = `query($codes: [String!]!) { a: validateCoupons(codes: $codes) { valid }
  b: validateCoupons(codes: $codes) { valid } c: validateCoupons(codes: $codes) { valid } }`
export const ONE = 'query($code: String!) { validateCoupon(code: $code) { valid } }'
