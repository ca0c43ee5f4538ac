import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { OpenedPage } from './desk-under-test.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SCREENSHOTS = fileURLToPath(new URL('../.screenshots/', import.meta.url))

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { html: string }[]
  }[]
}

/** Fails on what keeps people out: rules of WCAG that axe can check, and a page that scrolls sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  await expectToFit(page)
  // Evaluated from outside, so that the policy of the page need not allow it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } }
    const results = await axe.run()
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((it) => it.html)}`)
  })
  expect(violations).toEqual([])
}

/** Nothing has to be looked for sideways. */
export async function expectToFit(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  expect(overflow).toBe(0)
}

/** Nothing went wrong on the page by itself, and it asked nobody else. */
export function expectClean({ complaints, outside }: OpenedPage): void {
  expect(complaints).toEqual([])
  expect(outside).toEqual([])
}

/** Leaves a picture of the page in `.screenshots/`, for whoever looks after the tests. */
export async function leavePicture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` })
}

/** Waits until a view shows one of its stages. */
export async function untilStage(page: Page, stage: string): Promise<void> {
  await page.locator(`[data-stage="${stage}"]`).waitFor()
}
