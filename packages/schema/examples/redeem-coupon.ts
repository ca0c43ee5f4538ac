import { RedeemCouponDocument, type TypedDocumentNode } from '@coupon-gateway/schema'
import { type FormattedExecutionResult, print } from 'graphql'

async function request<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch('http://127.0.0.1:4000/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk_demo' },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors } = (await response.json()) as FormattedExecutionResult<Result>
  if (errors || !data) throw new Error(`The gateway answered ${JSON.stringify(errors)}`)
  return data
}

const { redeemCoupon } = await request(RedeemCouponDocument, {
  // One key for one intended redemption: made once, stored with the order, sent again with every repeat.
  input: { code: 'welcome-10', memo: 'order 4711', idempotencyKey: crypto.randomUUID() },
})
const refusal = redeemCoupon?.userErrors[0]
console.log(refusal ? `Refused: ${refusal.code}` : `Redeemed: ${redeemCoupon?.redemption?.id}`)
