import { RedeemCouponDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { Page } from 'playwright-core'
import encodeQR from 'qr'
import { afterEach, describe, expect, it } from 'vitest'
import {
  CODE_AT_CAMERA,
  DESKTOP,
  type DeskUnderTest,
  type OpenedPage,
  PHONE,
} from './desk-under-test.ts'
import { answerLost, intercept, interceptFirst, requestLost } from './lost-answers.ts'
import {
  expectAccessible,
  expectClean,
  expectToFit,
  leavePicture,
  untilStage,
} from './page-checks.ts'

const ONSITE = { onsite: true, onsitePassword: '4711' }

/** The in-store desk, in a browser over the running system. */
export function inStoreSuite(underTest: () => DeskUnderTest): void {
  let opened: OpenedPage
  let page: Page
  afterEach(async () => {
    expectClean(opened)
    await opened.close()
  })

  const open = async (viewport = DESKTOP) => {
    opened = await underTest().open('/in-store', viewport)
    page = opened.page
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const password = () => page.getByLabel('Staff password of this coupon')
  const statusesOf = async (code: string) =>
    (await underTest().redemptionsOf(code)).map(({ status }) => status)

  async function signIn(key = 'staff_demo'): Promise<void> {
    await page.getByLabel('Key of the staff').fill(key)
    await press('Sign in')
  }

  async function show(code: string): Promise<void> {
    await page.getByLabel('Code on the coupon').fill(code)
    await press('Show the coupon')
    await password().waitFor()
  }

  async function redeem(text = ONSITE.onsitePassword): Promise<void> {
    await password().fill(text)
    await press('Redeem now')
  }

  // What axe finds on the one it finds on the other: they differ in where things are.
  describe.each([
    ['phone', PHONE, expectToFit],
    ['desktop', DESKTOP, expectAccessible],
  ])('on a %s', (device, viewport, expectGood) => {
    it('a coupon is shown with its uses, redeemed with the right password only, and leaves a receipt', async () => {
      const code = await underTest().createCoupon(ONSITE)
      await open(viewport)
      await expectGood(page)
      await signIn()
      await expectGood(page)
      await show(code)
      await page.getByText('0 of 1 used, 1 left').waitFor()
      await expectGood(page)
      await leavePicture(page, `in-store-${device}`)
      await redeem('0000')
      await page.getByText('The password is wrong.').waitFor()
      expect(await password().inputValue()).toBe('')
      await redeem()
      await untilStage(page, 'redeemed')
      const [redemption] = await underTest().redemptionsOf(code)
      expect(redemption).toMatchObject({ status: 'REDEEMED', memo: 'in-store desk' })
      await page.getByText(String(redemption?.id)).waitFor()
      await page.getByText('1 of 1 used, 0 left').waitFor()
      await expectGood(page)
      await leavePicture(page, `in-store-receipt-${device}`)
      await press('Next customer')
      await untilStage(page, 'finding')
      await page.getByLabel('Code on the coupon').fill(code)
      await press('Show the coupon')
      await page.getByText('This coupon is used up.').waitFor()
      await expectGood(page)
    })
  })

  it('works with the keyboard alone, from the key to the receipt', async () => {
    const code = await underTest().createCoupon(ONSITE)
    await open()
    for (let tabs = 0; tabs < 4; tabs += 1) await page.keyboard.press('Tab')
    await page.keyboard.type('staff_demo')
    await page.keyboard.press('Enter')
    await untilStage(page, 'finding')
    await page.keyboard.type(code)
    await page.keyboard.press('Enter')
    await password().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type(ONSITE.onsitePassword)
    await page.keyboard.press('Enter')
    await untilStage(page, 'redeemed')
    expect(await page.locator(':focus').textContent()).toBe('Redeemed')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await untilStage(page, 'finding')
  })

  it('reads the QR code of a picture, also of a link', async () => {
    const code = await underTest().createCoupon(ONSITE)
    await open(PHONE)
    await signIn()
    const picture = encodeQR(`https://shop.example/c?code=${code}`, 'gif', { scale: 6 })
    const choose = (buffer: Uint8Array) =>
      page.getByLabel('Choose a picture').setInputFiles({
        name: 'coupon.gif',
        mimeType: 'image/gif',
        buffer: Buffer.from(buffer),
      })
    await choose(encodeQR('https://shop.example/', 'gif', { scale: 6 }))
    await page.getByText('This QR code holds no coupon code.').waitFor()
    await choose(Buffer.from('no picture'))
    await page.getByText('There is no QR code to be seen').waitFor()
    await choose(picture)
    await page.getByRole('heading', { name: `Coupon ${code}` }).waitFor()
  })

  it('reads the QR code in front of the camera, and turns the camera off', async () => {
    await underTest().createCoupon({ ...ONSITE, code: CODE_AT_CAMERA })
    await open()
    await signIn()
    await press('Scan with the camera')
    await page.getByRole('heading', { name: `Coupon ${CODE_AT_CAMERA}` }).waitFor()
    expect(await page.locator('video').count()).toBe(0)
    await redeem()
    await untilStage(page, 'redeemed')
  })

  it('a camera that may not be used is explained, and the other ways stay', async () => {
    await open(PHONE)
    await page.evaluate(`navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('denied', 'NotAllowedError')
    }`)
    await signIn()
    await press('Scan with the camera')
    await page.getByText('The camera may not be used').waitFor()
    await page.getByLabel('Choose a picture').waitFor({ state: 'attached' })
    await expectAccessible(page)
  })

  it('counts the uses while it is looked at', async () => {
    const code = await underTest().createCoupon({ ...ONSITE, useLimit: 3, userLimit: 3 })
    await open()
    await signIn()
    await page.getByLabel('Code on the coupon').fill(code)
    await press('Show the coupon')
    await page.getByText('0 of 3 used, 3 left').waitFor()
    const other = await underTest().open('/in-store', PHONE)
    await other.page.getByLabel('Key of the staff').fill('staff_demo')
    await other.page.keyboard.press('Enter')
    await other.page.getByLabel('Code on the coupon').fill(code)
    await other.page.keyboard.press('Enter')
    await other.page.getByLabel('Customer number').fill('ada')
    await other.page.getByLabel('Staff password of this coupon').fill(ONSITE.onsitePassword)
    await other.page.getByRole('button', { name: 'Redeem now' }).click()
    await untilStage(other.page, 'redeemed')
    await page.getByText('1 of 3 used, 2 left').waitFor()
    await other.close()
  })

  it('a double click redeems once', async () => {
    const code = await underTest().createCoupon({ ...ONSITE, useLimit: 0 })
    await open(PHONE)
    await signIn()
    await show(code)
    const redeems = await intercept(page, RedeemCouponDocument, (route) => route.continue())
    await password().fill(ONSITE.onsitePassword)
    await page.getByRole('button', { name: 'Redeem now' }).dblclick()
    await untilStage(page, 'redeemed')
    expect(redeems.count()).toBe(1)
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })

  it('a reload after the answer was lost leads to the receipt, without the password', async () => {
    const code = await underTest().createCoupon({ ...ONSITE, useLimit: 0 })
    await open(PHONE)
    await signIn()
    await show(code)
    const lost = await interceptFirst(page, RedeemCouponDocument, answerLost)
    await redeem()
    await lost.met
    const kept = await page.evaluate(() => JSON.stringify(sessionStorage))
    expect(kept).toContain(code)
    expect(kept).not.toContain(ONSITE.onsitePassword)
    await page.reload()
    await untilStage(page, 'redeemed')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })

  it('a reload after the request was lost asks for the password again, and redeems once', async () => {
    const code = await underTest().createCoupon({ ...ONSITE, useLimit: 0 })
    await open()
    await signIn()
    await show(code)
    const lost = await interceptFirst(page, RedeemCouponDocument, requestLost)
    await redeem()
    await lost.met
    await page.reload()
    await page.getByText('Please enter the password again.').waitFor()
    await redeem()
    await untilStage(page, 'redeemed')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })

  it('a key that nobody knows is refused, and the next one goes on', async () => {
    const code = await underTest().createCoupon(ONSITE)
    await open(PHONE)
    await signIn('staff_of_yesterday')
    await page.getByLabel('Code on the coupon').fill(code)
    await press('Show the coupon')
    await page.getByText('This key is not known').waitFor()
    await signIn()
    await page.getByText('0 of 1 used, 1 left').waitFor()
  })

  it('a coupon that is not for the shop is refused with the reason of the gateway', async () => {
    const code = await underTest().createCoupon()
    await open()
    await signIn()
    await page.getByLabel('Code on the coupon').fill(code)
    await press('Show the coupon')
    await press('Redeem now')
    await page.locator('[data-code="FORBIDDEN"]').waitFor()
    expect(await statusesOf(code)).toEqual([])
  })

  it('a service that does not say that there is a password is answered with one all the same', async () => {
    const code = await underTest().createCoupon(ONSITE)
    await open(PHONE)
    await signIn()
    // As a hosted coupon service has it.
    await intercept(page, ValidateCouponDocument, async (route) => {
      const response = await route.fetch()
      const text = await response.text()
      const body = text.replace('"requiresOnsitePassword":true', '"requiresOnsitePassword":false')
      expect(body).not.toBe(text)
      await route.fulfill({ response, body })
    })
    await page.getByLabel('Code on the coupon').fill(code)
    await press('Show the coupon')
    await press('Redeem now')
    await page.locator('[data-code="ONSITE_PASSWORD_REQUIRED"]').waitFor()
    await redeem()
    await untilStage(page, 'redeemed')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })

  it('without encryption there is no camera, which is explained, and all else works', async () => {
    const code = await underTest().createCoupon(ONSITE)
    opened = await underTest().open('/in-store', PHONE, underTest().insecureDeskUrl)
    page = opened.page
    expect(await page.evaluate('isSecureContext')).toBe(false)
    await signIn()
    await press('Scan with the camera')
    await page.getByText('The camera needs a page over https.').waitFor()
    await show(code)
    await redeem()
    await untilStage(page, 'redeemed')
    expect(await statusesOf(code)).toEqual(['REDEEMED'])
  })
}
