import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateCouponDocument,
  type CreateCouponInput,
  RedemptionsDocument,
  type RedemptionsQuery,
  type TypedDocumentNode,
} from '@coupon-gateway/schema'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { launchChromium } from '@coupon-gateway/test-chromium'
import { makeDataDirectory } from '@coupon-gateway/test-postgres'
import getPort from 'get-port'
import { print } from 'graphql'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { writeCameraFilm } from './camera-film.ts'

/** What the camera of the browser sees, in every page. */
export const CODE_AT_CAMERA = 'CAMERA0042'

export const PHONE = { width: 360, height: 740 }
export const DESKTOP = { width: 1280, height: 800 }

/** The whole system as processes, with a browser in front of it. */
export interface DeskUnderTest {
  readonly deskUrl: string
  readonly gatewayUrl: string
  /** The desk by a name that no browser takes for this machine's own: a page without the rights of an encrypted one. */
  readonly insecureDeskUrl: string
  /** Opens a page as somebody who was never here. */
  open(
    path: string,
    viewport: { width: number; height: number },
    baseUrl?: string,
  ): Promise<OpenedPage>
  /** Makes a coupon of a code of its own, limited to one use unless told otherwise. */
  createCoupon(input?: Partial<CreateCouponInput>): Promise<string>
  /** The log of a coupon, newest first. */
  redemptionsOf(code: string): Promise<RedemptionNodes>
  stop(): Promise<void>
}

type RedemptionNodes = NonNullable<RedemptionsQuery['redemptions']>['nodes']

export interface OpenedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page complained about: errors of scripts, and what its own policy refused. */
  readonly complaints: readonly string[]
  /** Addresses of other servers than the desk's and the gateway's that it asked. */
  readonly outside: readonly string[]
  close(): Promise<void>
}

/** On a machine that is busy with other tests, a page takes seconds for what takes it milliseconds alone. */
const ACTION_TIMEOUT_MS = 30_000

/** That a request failed is what many tests are about, and that a header is for encrypted pages is as it should be. */
const EXPECTED_COMPLAINTS = /net::ERR|status of|Cross-Origin-Opener-Policy header has been ignored/

const INSECURE_HOST = 'desk.shop.test'

const ENVIRONMENT = { LOG_LEVEL: 'warn', NODE_ENV: 'development', DATABASE_URL: '', DEMO: 'true' }

export async function startDeskUnderTest(): Promise<DeskUnderTest> {
  const folder = await makeDataDirectory()
  const started: ServiceProcess[] = []
  let browser: Browser | undefined
  async function stop(): Promise<void> {
    await browser?.close()
    for (const service of started.toReversed()) await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const port = await getPort({ host: '127.0.0.1' })
    const deskUrl = `http://127.0.0.1:${port}`
    const tokens = { JWT_ISSUER: deskUrl, JWT_AUDIENCE: 'coupon-gateway' }
    const api = await startServiceProcess('api', { ...ENVIRONMENT, DATA_DIR: folder })
    started.push(api)
    const gateway = await startServiceProcess('gateway', {
      ...ENVIRONMENT,
      ...tokens,
      UPSTREAM_URL: api.url,
      JWKS_URL: `${deskUrl}/jwks.json`,
      JWT_ORIGINS: deskUrl,
    })
    started.push(gateway)
    const desk = { ...ENVIRONMENT, ...tokens, DESK_PORT: String(port), GATEWAY_URL: gateway.url }
    started.push(await startServiceProcess('desk', desk))
    const film = join(folder, 'camera.y4m')
    await writeCameraFilm(film, CODE_AT_CAMERA)
    browser = await launchChromium({
      args: [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
        `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
      ],
    })
    return describeUnderTest(deskUrl, gateway.url, browser, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

function describeUnderTest(
  deskUrl: string,
  gatewayUrl: string,
  browser: Browser,
  stop: () => Promise<void>,
): DeskUnderTest {
  async function ask<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const response = await fetch(`${gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer sk_demo' },
      body: JSON.stringify({ query: print(document), variables }),
    })
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }
  return {
    deskUrl,
    insecureDeskUrl: deskUrl.replace('127.0.0.1', INSECURE_HOST),
    gatewayUrl,
    stop,
    async open(path, viewport, baseUrl = deskUrl) {
      const context = await browser.newContext({
        viewport,
        locale: 'en-GB',
        hasTouch: viewport === PHONE,
      })
      const page = await context.newPage()
      page.setDefaultTimeout(ACTION_TIMEOUT_MS)
      const complaints: string[] = []
      const outside: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' && !EXPECTED_COMPLAINTS.test(message.text())) {
          complaints.push(message.text())
        }
      })
      page.on('request', (request) => {
        const { origin } = new URL(request.url())
        if (origin !== baseUrl && origin !== gatewayUrl) outside.push(request.url())
      })
      await page.goto(`${baseUrl}${path}`)
      return { page, context, complaints, outside, close: () => context.close() }
    },
    async createCoupon(input = {}) {
      const code = `T${randomUUID().slice(0, 11).replace('-', '')}`.toUpperCase()
      const { createCoupon } = await ask(CreateCouponDocument, {
        input: {
          code,
          name: 'Ten per cent off',
          discount: { percent: '10' },
          useLimit: 1,
          idempotencyKey: randomUUID(),
          ...input,
        },
      })
      const created = createCoupon?.code
      if (!created) throw new Error(JSON.stringify(createCoupon?.userErrors))
      return created
    },
    async redemptionsOf(code) {
      const { redemptions } = await ask(RedemptionsDocument, { filter: { code } })
      return redemptions?.nodes ?? []
    },
  }
}
