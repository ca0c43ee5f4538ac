import {
  ConfirmReservationDocument,
  ReserveCouponDocument,
  ValidateCouponDocument,
} from '@coupon-gateway/schema'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { DESKTOP, type DeskUnderTest, type OpenedPage, PHONE } from './desk-under-test.ts'
import { answerLost, failsWith, intercept, interceptFirst, requestLost } from './lost-answers.ts'
import {
  expectAccessible,
  expectClean,
  expectToFit,
  leavePicture,
  untilStage,
} from './page-checks.ts'

/** The checkout, in a browser over the running system. */
export function checkoutSuite(underTest: () => DeskUnderTest): void {
  let opened: OpenedPage
  let page: Page
  afterEach(async () => {
    expectClean(opened)
    await opened.close()
  })

  const open = async (viewport = DESKTOP) => {
    opened = await underTest().open('/', viewport)
    page = opened.page
  }
  const codeField = () => page.getByLabel('Coupon code')
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const statusesOf = async (code: string) =>
    (await underTest().redemptionsOf(code)).map(({ status }) => status)

  async function reserve(code: string): Promise<void> {
    await codeField().fill(code)
    await press('Use this coupon')
    await untilStage(page, 'reserved')
  }

  // What axe finds on the one it finds on the other: they differ in where things are.
  describe.each([
    ['phone', PHONE, expectAccessible],
    ['desktop', DESKTOP, expectToFit],
  ])('on a %s', (device, viewport, expectGood) => {
    it('a coupon is shown while one types, held, paid with, and given back with its order', async () => {
      const code = await underTest().createCoupon({ useLimit: 5, userLimit: 2 })
      await open(viewport)
      await codeField().pressSequentially(code.toLowerCase())
      await page.getByText('This coupon can be used: you save $4.89.').waitFor()
      await page.getByText('0 of 5 used, 5 left').waitFor()
      await expectGood(page)
      await leavePicture(page, `checkout-${device}`)
      await press('Use this coupon')
      await untilStage(page, 'reserved')
      expect(await statusesOf(code)).toEqual(['RESERVED'])
      await expectGood(page)
      await press('Pay $44.01')
      await untilStage(page, 'done')
      const [redemption] = await underTest().redemptionsOf(code)
      expect(redemption).toMatchObject({ status: 'REDEEMED', ordinal: 1 })
      await page.getByText(String(redemption?.id)).waitFor()
      await expectGood(page)
      await leavePicture(page, `checkout-receipt-${device}`)
      await press('Cancel this order')
      await untilStage(page, 'rolled-back')
      expect(await statusesOf(code)).toEqual(['ROLLED_BACK'])
      await expectGood(page)
    })
  })

  it('works with the keyboard alone, and the focus goes where the next step is', async () => {
    const code = await underTest().createCoupon()
    await open()
    const focused = () => page.locator(':focus')
    const tabTo = async (name: string | RegExp) => {
      for (let tabs = 0; tabs < 12; tabs += 1) {
        await page.keyboard.press('Tab')
        const text = await focused().evaluate((it) => it.textContent ?? '')
        if (new RegExp(name).test(text)) return
      }
      throw new Error(`The Tab key does not lead to ${name}`)
    }
    await page.keyboard.press('Tab')
    expect(await focused().textContent()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused().getAttribute('id')).toBe('code')
    await page.keyboard.type(code)
    await page.keyboard.press('Enter')
    await untilStage(page, 'reserved')
    expect(await focused().textContent()).toBe('The coupon is yours')
    await tabTo(/^Pay \$/)
    await page.keyboard.press('Enter')
    await untilStage(page, 'done')
    expect(await focused().textContent()).toBe('Thank you for your order')
    await tabTo('New order')
    await page.keyboard.press('Space')
    await untilStage(page, 'choosing')
  })

  it('a card that is declined sets the coupon free again, and says so', async () => {
    const code = await underTest().createCoupon()
    await open(PHONE)
    await reserve(code)
    await press('Pay with a card that is declined')
    await page.getByText('The card was declined, and nothing was paid.').waitFor()
    expect(await statusesOf(code)).toEqual(['RELEASED'])
    // It can be had again at once.
    await press('Use this coupon')
    await untilStage(page, 'reserved')
  })

  it('a code of a single use that somebody else took between look and click is refused, in words', async () => {
    const code = await underTest().createCoupon()
    await open()
    await codeField().fill(code)
    await page.locator('[data-valid]').waitFor()
    const other = await underTest().open('/', PHONE)
    await other.page.getByLabel('Coupon code').fill(code)
    await other.page.getByRole('button', { name: 'Use this coupon' }).click()
    await untilStage(other.page, 'reserved')
    await press('Use this coupon')
    await page
      .getByText('Others are paying with the last uses of this coupon right now.')
      .first()
      .waitFor()
    await other.page.getByRole('button', { name: /^Pay \$/ }).click()
    await untilStage(other.page, 'done')
    await other.close()
    await page.reload()
    await codeField().fill(code)
    await page.getByText('This coupon is used up.').waitFor()
  })

  it('a typing mistake in a generated code is told before anybody was asked', async () => {
    await open(PHONE)
    const lookups = await intercept(page, ValidateCouponDocument, requestLost)
    // The check symbol of G123489654321 is Y.
    await codeField().fill('G123489654321Z')
    await page.locator('[data-mistyped]').waitFor()
    await codeField().fill('WELCOME10')
    await page.locator('[data-mistyped]').waitFor({ state: 'detached' })
    await codeField().fill('WELC')
    await page.getByText('A code has 8 to 16 letters').waitFor()
    await lookups.stop()
  })

  it('an answer that comes after the code was changed is dropped', async () => {
    const code = await underTest().createCoupon()
    await open()
    const late = Promise.withResolvers<void>()
    const lookups = await intercept(page, ValidateCouponDocument, async (route) => {
      const isFirst = route.request().postData()?.includes(code)
      const response = await route.fetch().catch(() => undefined)
      if (isFirst) await late.promise
      await (response && route.fulfill({ response }).catch(() => {}))
    })
    await codeField().fill(code)
    await expect.poll(() => lookups.count()).toBe(1)
    await codeField().fill('EXPIRED01')
    await page.getByText('This coupon is no longer valid.').waitFor()
    late.resolve()
    await lookups.met
    expect(await page.locator('[data-valid]').count()).toBe(0)
    await page.getByText('This coupon is no longer valid.').waitFor()
  })

  it('a double click on every button has one effect', async () => {
    const code = await underTest().createCoupon({ useLimit: 5, userLimit: 5 })
    await open()
    const confirmations = await intercept(page, ConfirmReservationDocument, (route) =>
      route.continue(),
    )
    await codeField().fill(code)
    await page.getByRole('button', { name: 'Use this coupon' }).dblclick()
    await untilStage(page, 'reserved')
    await page.getByRole('button', { name: /^Pay \$/ }).dblclick()
    await untilStage(page, 'done')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
    expect(confirmations.count()).toBe(1)
    await page.getByRole('button', { name: 'Cancel this order' }).dblclick()
    await untilStage(page, 'rolled-back')
    expect(await statusesOf(code)).toEqual(['ROLLED_BACK'])
  })

  describe('a reload in the middle goes on with the same key, and has one effect, when', () => {
    it.each([
      ['the answer', answerLost],
      ['the request', requestLost],
    ])('%s of a reservation was lost', async (_, act) => {
      const code = await underTest().createCoupon({ useLimit: 5, userLimit: 5 })
      await open(PHONE)
      const lost = await interceptFirst(page, ReserveCouponDocument, act)
      await codeField().fill(code)
      await press('Use this coupon')
      await lost.met
      await page.reload()
      await untilStage(page, 'reserved')
      expect(await statusesOf(code)).toEqual(['RESERVED'])
    })

    it.each([
      ['the answer', answerLost],
      ['the request', requestLost],
    ])('%s of a confirmation was lost', async (_, act) => {
      const code = await underTest().createCoupon({ useLimit: 5, userLimit: 5 })
      await open()
      const lost = await interceptFirst(page, ConfirmReservationDocument, act)
      await reserve(code)
      await press(/^Pay \$/)
      await lost.met
      await page.reload()
      await untilStage(page, 'done')
      expect(await statusesOf(code)).toEqual(['REDEEMED'])
    })
  })

  it('without a connection it says so, and goes on by itself when there is one', async () => {
    const code = await underTest().createCoupon()
    await open()
    await reserve(code)
    await opened.context.setOffline(true)
    await press(/^Pay \$/)
    await page.getByText('You are offline.').waitFor()
    await expectAccessible(page)
    await leavePicture(page, 'checkout-offline')
    await opened.context.setOffline(false)
    await untilStage(page, 'done')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })

  it.each([
    ['RATE_LIMITED', { retryAfterMs: 3_600_000, scope: 'CALLER' }, 'too many requests'],
    ['UPSTREAM_OUTCOME_UNKNOWN', { retryable: true }, 'not known yet whether it worked'],
  ])(
    '%s of a confirmation is told as it is, and nothing is lost by waiting',
    async (code, extensions, text) => {
      const coupon = await underTest().createCoupon()
      await open(PHONE)
      const failing = await intercept(page, ConfirmReservationDocument, failsWith(code, extensions))
      await reserve(coupon)
      await press(/^Pay \$/)
      await page.getByText(text).waitFor()
      await page.getByText('c-0-r-r').waitFor()
      await failing.stop()
      await press('Try now')
      await untilStage(page, 'done')
      expect(await statusesOf(coupon)).toEqual(['REDEEMED'])
    },
  )

  it('who gives up is told what is not known, and can quote the request', async () => {
    const coupon = await underTest().createCoupon()
    await open()
    await intercept(page, ReserveCouponDocument, failsWith('UPSTREAM_OUTCOME_UNKNOWN'))
    await codeField().fill(coupon)
    await press('Use this coupon')
    await press('Give up')
    await page.getByText('The coupon may be held for you.').waitFor()
    expect(await page.locator('code').last().textContent()).toMatch(/^[\da-f]{32}$/)
  })
}
