import { documentIdOf, type TypedDocumentNode } from '@coupon-gateway/schema'
import type { Page, Route } from 'playwright-core'

/** What becomes of the next requests of one operation. */
export interface Interception {
  /** Settles when the first of them has come, and had its effect if it has one. */
  readonly met: Promise<void>
  /** How many came. */
  count(): number
  /** From now on everything passes. */
  stop(): Promise<void>
}

/** The request has its effect, and its answer never comes. */
export const answerLost = async (route: Route) => {
  await route.fetch()
  // Held back, not refused: the page is reloaded while it still waits.
}

/** The request never arrives, and the page is not told. */
export const requestLost = async () => {}

/** The gateway answers with an error. */
export function failsWith(code: string, extensions: Readonly<Record<string, unknown>> = {}) {
  const error = { message: code, extensions: { code, correlationId: 'c-0-r-r', ...extensions } }
  return (route: Route) =>
    route.fulfill({
      status: 200,
      headers: { 'Access-Control-Allow-Origin': '*' },
      contentType: 'application/json',
      body: JSON.stringify({ data: null, errors: [error] }),
    })
}

/**
 * Acts on the first request alone. One that was left hanging would be sent on if the interception were stopped before
 * the page is reloaded, which ends it.
 */
export function interceptFirst<Data, Variables>(
  page: Page,
  document: TypedDocumentNode<Data, Variables>,
  act: (route: Route) => Promise<void>,
): Promise<Interception> {
  let isFirst = true
  return intercept(page, document, (route) => {
    const wasFirst = isFirst
    isFirst = false
    return wasFirst ? act(route) : route.continue()
  })
}

export async function intercept<Data, Variables>(
  page: Page,
  document: TypedDocumentNode<Data, Variables>,
  act: (route: Route) => Promise<void>,
): Promise<Interception> {
  const met = Promise.withResolvers<void>()
  let count = 0
  const handle = async (route: Route) => {
    if (!route.request().postData()?.includes(documentIdOf(document))) return route.fallback()
    count += 1
    await act(route)
    met.resolve()
  }
  await page.route('**/graphql', handle)
  return {
    met: met.promise,
    count: () => count,
    stop: () => page.unroute('**/graphql', handle),
  }
}
