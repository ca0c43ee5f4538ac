import { createUpstreamClient, type UpstreamClient } from '../src/index.ts'
import { API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'
import { type Fault, type FaultProxy, PASS, startFaultProxy } from './fault-proxy.ts'

/** The stand-in of the hosted service, with a proxy before it. */
export interface HostedUnderTest {
  readonly proxy: FaultProxy
  /** Straight to it, past the proxy and the journal: what somebody else would do. */
  readonly direct: UpstreamClient
  /** Creates a coupon for so many uses, 0 for any number. Returns its code. */
  createCoupon(useLimit?: number, more?: object): Promise<string>
  /** Requests of one kind that name the coupon, as the proxy saw them. */
  requestsOf(resource: string, code: string): FaultProxy['requests']
  /** What befalls requests of one kind that name the coupon, or only the first of them; nothing else. */
  strike(
    resource: string,
    code: string,
    fault: Fault,
    options?: { readonly onlyFirst?: boolean },
  ): void
  stop(): Promise<void>
}

export async function startHosted(): Promise<HostedUnderTest> {
  const api: ApiUnderTest = await startApi('hosted')
  const proxy = await startFaultProxy(api.url)
  const direct = createUpstreamClient({ urls: [api.url], apiKey: API_KEY, profile: 'hosted' })
  const isOf = (resource: string, code: string) =>
    function isOfRequest({ url, body }: { readonly url: string; readonly body: string }) {
      return url.includes(`/${resource}`) && `${url}${body}`.includes(code)
    }
  const requestsOf = (resource: string, code: string) => proxy.requests.filter(isOf(resource, code))
  return {
    proxy,
    direct,
    async createCoupon(useLimit = 1, more = {}) {
      const created = await direct.create({
        settings: { discountKind: 'percent', discount: 10, useLimit, ...more },
      })
      if (created.outcome !== 'created') throw new Error(JSON.stringify(created))
      return created.code
    },
    requestsOf,
    strike(resource, code, fault, { onlyFirst = false } = {}) {
      const isStruck = isOf(resource, code)
      proxy.setFault((request) =>
        isStruck(request) && !(onlyFirst && requestsOf(resource, code).length > 0) ? fault : PASS,
      )
    },
    async stop() {
      await direct.close()
      await proxy.close()
      await api.stop()
    },
  }
}
