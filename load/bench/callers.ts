import { Client, type Dispatcher } from 'undici'
import type { Call } from '../call.ts'
import type { Endpoint } from '../plan.ts'
import { requestOf } from '../protocols/index.ts'

/** An answer that a benchmark must not get, or that never came. */
export class WrongAnswerError extends Error {
  override readonly name = 'WrongAnswerError'
}

/** Says whether the answer to a call is the one that is counted. */
export type IsRight = (body: string) => boolean

/**
 * One caller with a connection of his own. It is undici's `dispatch`, which costs the least of what Node has: the
 * machine is the server's.
 */
export class Caller {
  readonly #client: Client
  readonly #endpoint: Endpoint
  readonly #isRight: IsRight

  constructor(endpoint: Endpoint, isRight: IsRight) {
    this.#client = new Client(new URL(endpoint.url).origin)
    this.#endpoint = endpoint
    this.#isRight = isRight
  }

  /** @throws WrongAnswerError */
  call(call: Call): Promise<void> {
    const { method, url, headers, body } = requestOf(this.#endpoint, call)
    const request: Dispatcher.DispatchOptions = {
      method,
      path: url.slice(url.indexOf('/', 'https://'.length)),
      headers,
      body,
    }
    return new Promise((resolve, reject) => {
      let status = 0
      let text = ''
      this.#client.dispatch(request, {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData(_controller, chunk) {
          text += chunk.toString('utf8')
        },
        onResponseEnd: () => {
          if (status === 200 && this.#isRight(text)) resolve()
          else reject(new WrongAnswerError(`${url} was answered ${status} ${text.slice(0, 300)}`))
        },
        onResponseError: (_controller, error) => reject(error),
      })
    })
  }

  close(): Promise<void> {
    return this.#client.destroy()
  }
}

/** A grant, in both protocols, told by what no refusal has. */
export const isGrant: IsRight = (body) =>
  body.includes('"userErrors":[]') || body.startsWith('{"code":0,')

/** That the coupon is used up. */
export const isExhausted: IsRight = (body) => body.includes('"EXHAUSTED"')
