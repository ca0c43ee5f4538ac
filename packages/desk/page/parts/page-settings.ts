/** What the server wrote into the page. */
export interface PageSettings {
  readonly gatewayUrl: string
  /** Whether the demo's coupons and keys are there to be named. */
  readonly isDemo: boolean
}

export function readPageSettings(): PageSettings {
  return { gatewayUrl: readMeta('gateway-url'), isDemo: readMeta('demo') === 'true' }
}

function readMeta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
