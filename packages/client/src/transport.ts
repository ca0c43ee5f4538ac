import type { WireRequest } from './call.ts'

export interface WireResponse {
  readonly status: number
  /** Lower-case names; of a header that came several times, the first value. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One sending of a request, between the pipeline and a transport. */
export interface Exchange {
  /**
   * False: it must not meet a connection that the other end is about to close, since a reset would leave open
   * whether it was carried out.
   */
  readonly isSafeToRepeat: boolean
  /**
   * Set by the transport at the moment from which on the upstream may have read something of the request. While it
   * is not, it never will have.
   */
  isSent: boolean
  /** Nobody waits for the answer any more: what was not sent is not to be, and what was, is cut off. */
  readonly isGivenUp: boolean
  /**
   * Set by the transport, and called when that happens. Not an AbortSignal, which would cost a tenth of the request,
   * as would callbacks for the other fields.
   */
  whenGivenUp: (() => void) | null
}

/** How requests reach one address of the upstream. */
export interface Transport {
  /**
   * Sends a request once and reads the whole answer, whatever its status.
   *
   * @throws Error no answer, or not all of it
   */
  send(request: WireRequest, exchange: Exchange): Promise<WireResponse>
  /** Closes every connection. To be called when no answer is awaited any more. */
  close(): Promise<void>
}

/** Makes the transport for one base URL. */
export type OpenTransport = (baseUrl: URL) => Transport
