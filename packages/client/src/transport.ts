import type { WireRequest } from './call.ts'

export interface WireResponse {
  readonly status: number
  /** Lower-case names; of a header that came several times, the first value. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How requests reach one address of the upstream. */
export interface Transport {
  /**
   * Sends a request once and reads the whole answer, whatever its status.
   *
   * @param exchange.signal ends it: the connection is closed when something was sent already
   * @param exchange.isSafeToRepeat false: it must not meet a connection that the other end is about to close,
   *   since a reset would leave open whether it was carried out
   * @param exchange.onSent called at the moment from which on the upstream may have read something of the
   *   request. Not called, it never will.
   * @throws Error no answer, or not all of it
   */
  send(
    request: WireRequest,
    exchange: {
      readonly signal: AbortSignal
      readonly isSafeToRepeat: boolean
      readonly onSent: () => void
    },
  ): Promise<WireResponse>
  /** Closes every connection. To be called when no answer is awaited any more. */
  close(): Promise<void>
}

/** Makes the transport for one base URL. */
export type OpenTransport = (baseUrl: URL) => Transport
