/** One request of an attack. */
export interface AttackRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The n-th request of each attack, from 0 on. */
export type Attack = (n: number) => AttackRequest

/** A key that is in a page for everybody, and one that is not so well used and in the hands of a botnet. */
export const SHARED_KEY = 'pk_shared'
export const STOLEN_KEY = 'pk_stolen'

/** One machine, whatever it does. */
const ONE_ADDRESS = '198.51.100.7'
const BOTS = 5_000

/** Attackers are told apart by the proxy in front, as customers are. */
function request(body: unknown, key = SHARED_KEY, address = ONE_ADDRESS): AttackRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    body: text,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'x-forwarded-for': address,
    },
  }
}

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
const guess = (n: number, prefix = 'GUES') => `${prefix}${n.toString(36).padStart(8, '0')}`
const guesses = (n: number, prefix?: string) =>
  `{ ${times(10, (index) => `a${index}: validateCoupon(code: "${guess(n * 10 + index, prefix)}") { valid }`)} }`
const botOf = (n: number) => `203.0.${Math.floor((n % BOTS) / 250)}.${(n % 250) + 1}`

/** Each level asks for the next one so often: a thousand tokens that stand for a million fields. */
const breadth = 16
const aliases = (field: string, below: string) =>
  times(breadth, (index) => `${field[0]}${index}:${field}{...${below}}`)
const MULTIPLYING = `{ validateCoupon(code: "GUESS1000") { ...a } }
  fragment a on CouponValidation { ${aliases('coupon', 'b')} }
  fragment b on Coupon { ${aliases('redemptions', 'c')} }
  fragment c on RedemptionConnection { ${aliases('edges', 'd')} }
  fragment d on RedemptionEdge { ${aliases('node', 'e')} }
  fragment e on Redemption { ${times(breadth, (index) => `i${index}:id`)} }`

const LIST = 'query($codes: [String!]!) { validateCoupons(codes: $codes) { valid } }'

/** What somebody does all day; `slow-bodies` is no request, but half of one. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  aliases: (n) => request({ query: guesses(n) }),
  lists: (n) =>
    request({
      query: LIST,
      variables: { codes: Array.from({ length: 20 }, (_, index) => guess(n * 20 + index)) },
    }),
  botnet: (n) => request({ query: guesses(n, 'LOUI') }, STOLEN_KEY, botOf(n)),
  'bad-documents': () => request({ query: MULTIPLYING }),
  'many-documents': (n) =>
    request({ query: `{ q${n}: __typename ${times(8, (i) => `a${i}_${n}: __typename`)} }` }),
  'no-operations': (n) =>
    request({ query: `{ ${times(10, (index) => `l${index}: rateLimit { limit }`)} } #${n % 7}` }),
  'deep-json': () => request(`${'['.repeat(16_000)}${']'.repeat(16_000)}`),
  'large-bodies': () => request('x'.repeat(64 * 1024)),
  'unknown-keys': (n) => request({ query: '{ __typename }' }, `pk_${n}`),
}

/** The names of all attacks. */
export const ATTACK_NAMES: readonly string[] = [...Object.keys(ATTACKS), 'slow-bodies']
