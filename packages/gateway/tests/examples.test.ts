import { EXAMPLES, type Example } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { canRunChromium, launchChromium } from '@coupon-gateway/test-chromium'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Folder, makeFolder, send, startApi, startGateway } from './gateway-under-test.ts'

/** On a busy machine Altair alone takes many seconds to load. */
const BROWSER_TIMEOUT_MS = 60_000

let data: Folder
let api: ServiceProcess
let gateway: ServiceProcess
beforeAll(async () => {
  data = await makeFolder()
  api = await startApi(data)
  gateway = await startGateway(api)
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  await data?.remove()
})

it('the playground opens a window for each example, and shows the first', async () => {
  const { text } = await send(gateway, { method: 'GET', key: null, path: '/playground/' })
  const opened = [...text.matchAll(/["']?initialName["']?: ?["'`](\w+)/g)].map(([, name]) => name)
  const [first, ...others] = EXAMPLES.map(({ name }) => name)
  expect(opened).toEqual([...others, first])
})

it.skipIf(!canRunChromium)(
  'in a browser the first example is answered at a click, and no other server is asked (skipped where there is no Chromium)',
  async () => {
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(BROWSER_TIMEOUT_MS)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(`${gateway.url}/playground`)
      const answered = page.waitForResponse((response) =>
        Boolean(response.request().postData()?.includes('validateCoupon(code: $code')),
      )
      await page.getByRole('button', { name: 'Send Request' }).click()
      expect(await (await answered).json()).toMatchObject({
        data: { validateCoupon: { code: 'WELCOME10', valid: true } },
      })
      const outside = asked.filter((it) => !new RegExp(`^(${gateway.url}/|data:|blob:)`).test(it))
      expect(outside).toEqual([])
    } finally {
      await browser.close()
    }
  },
  2 * BROWSER_TIMEOUT_MS,
)

it('every example is answered as it stands, once it has the ids of earlier answers', async () => {
  // Writes first: the reads ask for what they leave.
  const isWrite = ({ query }: Example) => /^mutation /m.test(query)
  const ids = {
    ConfirmReservation: await takenBy('ReserveCoupon', 'for-confirmation'),
    ReleaseReservation: await takenBy('ReserveCoupon', 'for-release'),
    RollbackRedemption: await takenBy('RedeemCoupon', 'for-rollback'),
  }
  for (const example of EXAMPLES.filter(isWrite)) {
    const id = ids[example.name as keyof typeof ids]
    const payload = await answerOf(example, (text) => text.replace(/[\da-f]{8}-[\da-f-]{27}/, id))
    expect([example.name, payload]).toMatchObject([
      example.name,
      { replayed: false, userErrors: [] },
    ])
  }
  for (const example of EXAMPLES.filter((it) => !isWrite(it))) {
    expect([example.name, await answerOf(example)]).not.toContain(null)
  }
})

/** The id of what an example takes under a key of the test's own, which names its user too. */
async function takenBy(name: string, idempotencyKey: string): Promise<string> {
  const example = EXAMPLES.find((it) => it.name === name) as Example
  const payload = await answerOf(example, (text) =>
    text.replaceAll(/example-\w+|user-9/g, idempotencyKey),
  )
  return payload.redemption.id
}

async function answerOf(
  { name, field, query, variables }: Example,
  change: (variables: string) => string = (text) => text,
) {
  const answer = await send(gateway, {
    body: { query, variables: JSON.parse(change(JSON.stringify(variables))) },
  })
  expect([name, answer.status, answer.errors]).toEqual([name, 200, []])
  return answer.data[field]
}
