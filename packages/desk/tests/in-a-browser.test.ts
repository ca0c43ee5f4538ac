import { canRunChromium } from '@coupon-gateway/test-chromium'
import { afterAll, beforeAll, describe } from 'vitest'
import { checkoutSuite } from './checkout-suite.ts'
import { type DeskUnderTest, startDeskUnderTest } from './desk-under-test.ts'
import { inStoreSuite } from './in-store-suite.ts'

// One file, since both pages are tried over one running system, which takes longer to start than most of the tests.
describe.skipIf(!canRunChromium)('in a browser (skipped where there is no Chromium)', () => {
  let desk: DeskUnderTest
  beforeAll(async () => {
    desk = await startDeskUnderTest()
  })
  afterAll(() => desk?.stop())

  describe('the checkout', () => checkoutSuite(() => desk))
  describe('the in-store desk', () => inStoreSuite(() => desk))
})
