import { type Browser, chromium, type LaunchOptions } from 'playwright-core'
import { type ChromiumSource, chooseChromium } from './choose-chromium.ts'
import { unpackChromium } from './packaged-chromium.ts'

const source = chooseChromium(process.env)

/**
 * Whether tests that open a page can run. Only where no Chromium is to be had they may be skipped; on CI, never:
 * there it is true in any case, and the launch fails with what is missing.
 *
 * @example describe.skipIf(!canRunChromium)('the page', …)
 */
export const canRunChromium = source !== 'none' || process.env.CI !== undefined

/**
 * Starts a headless Chromium without its sandbox, which a container has no rights for: for pages of ours only.
 *
 * @throws Error that says what to install, where there is none for this machine
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { path, environment } = await locate(source)
  return chromium.launch({
    ...options,
    executablePath: path,
    env: { ...(process.env as Record<string, string>), ...environment },
    args: ['--no-sandbox', ...(options.args ?? [])],
  })
}

async function locate(from: ChromiumSource) {
  if (from === 'none') {
    throw new Error(
      `No Chromium for ${process.platform}-${process.arch}: install chromium or google-chrome, or set CHROMIUM to its path`,
    )
  }
  return from === 'packaged' ? await unpackChromium() : { path: from.path, environment: {} }
}
