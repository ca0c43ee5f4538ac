import type { ChaosTarget } from '../chaos/carry-out.ts'
import type { Link } from '../chaos/fault.ts'
import { type FaultProxy, startFaultProxy } from '../chaos/fault-proxy.ts'

/** The connections of a target that faults can be done to. */
export interface ProxiedLinks {
  /** The same URL by way of a proxy on that link. Without faults to come there is none: it costs time. */
  through(link: Link, url: string): Promise<string>
  /** The proxies that there are so far. */
  readonly proxies: ChaosTarget['links']
  close(): Promise<void>
}

/** @param isFaulty whether faults are to come */
export function proxyLinks(isFaulty: boolean): ProxiedLinks {
  const proxies: { [Name in Link]?: FaultProxy[] } = {}
  return {
    proxies,
    async through(link, text) {
      if (!isFaulty) return text
      const url = new URL(text)
      const proxy = await startFaultProxy({ host: url.hostname, port: Number(url.port) })
      proxies[link] = [...(proxies[link] ?? []), proxy]
      url.hostname = proxy.host
      url.port = `${proxy.port}`
      // A URL without a path would get a slash at its end.
      return url.pathname === '/' && !text.endsWith('/') ? url.href.replace(/\/$/, '') : url.href
    },
    async close() {
      await Promise.all(
        Object.values(proxies)
          .flat()
          .map((proxy) => proxy.close()),
      )
    },
  }
}
