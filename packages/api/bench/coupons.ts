/** As a client sends them. The windows of this key are lifted. */
export const API_HEADERS = {
  authorization: 'APIKey demo_personal_key',
  'content-type': 'application/json',
  'user-agent': 'bench',
} as const

/** The coupon that everybody wants. */
export const HOT_CODE = 'BENCHHOT01'

const FIELDS = {
  nm: 'Spring sale: 10 % off',
  discTypeIdx: 457,
  disc: 10,
  // More units than a run takes.
  useLimit: 1_000_000_000,
}

export async function createHotCoupon(url: string): Promise<void> {
  const answer = await post(`${url}/api/coupon/v1/create`, { cpnNo: HOT_CODE, ...FIELDS })
  if (JSON.parse(answer).code !== 0) throw new Error(`the coupon was not created: ${answer}`)
}

/** Creates coupons with generated codes, and answers with these. */
export async function createCoupons(url: string, count: number): Promise<string[]> {
  const answer = await post(`${url}/api/coupon/v1/create/bulk`, { count, ...FIELDS })
  const codes = answer.split('\n').flatMap((line) => /"cpnNo":"(\w+)"/.exec(line)?.[1] ?? [])
  if (codes.length !== count) throw new Error(`${codes.length} coupons were created: ${answer}`)
  return codes
}

async function post(url: string, body: object): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...API_HEADERS, 'idempotency-key': 'bench-coupons' },
    body: JSON.stringify(body),
  })
  return response.text()
}
