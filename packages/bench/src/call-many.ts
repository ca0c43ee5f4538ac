import { Client, type Dispatcher } from 'undici'
import { readCpuSeconds } from './read-cpu-seconds.ts'

/** One call, and what answers it right. */
export interface CheckedCall {
  readonly request: Dispatcher.DispatchOptions
  /** @param body of an answer with status 200 */
  readonly isRight: (body: Buffer) => boolean
}

export interface CalledMany {
  /** Right answers a second. */
  readonly goodput: number
  /** What one call cost the server's process, user and system. */
  readonly cpuMicroseconds: number
}

/**
 * Makes calls, each of `inFlight` callers one after the other on a connection of his own, and checks every answer. It
 * takes undici's `dispatch`, which costs least: the machine is the server's. A call that the server was too busy for, which
 * has no effect, is made again.
 *
 * @param warmUp calls before those that are measured, so that code is compiled, connections are open, statements planned
 * @param callOf the n-th call, from 0 on
 * @throws Error a call that was answered otherwise
 */
export async function callMany(
  server: { readonly url: string; readonly pid: number },
  {
    warmUp,
    total,
    inFlight,
    callOf,
  }: {
    readonly warmUp: number
    readonly total: number
    readonly inFlight: number
    readonly callOf: (n: number) => CheckedCall
  },
): Promise<CalledMany> {
  const clients = Array.from({ length: inFlight }, () => new Client(server.url))
  let next = 0
  async function callUntil(end: number, client: Client): Promise<void> {
    while (next < end) {
      const n = next
      next += 1
      while (!(await isAnswered(client, callOf(n))));
    }
  }
  const callAllUntil = (end: number) => Promise.all(clients.map((it) => callUntil(end, it)))
  try {
    await callAllUntil(warmUp)
    const cpuBefore = await readCpuSeconds(server.pid)
    const startedAt = performance.now()
    await callAllUntil(warmUp + total)
    const seconds = (performance.now() - startedAt) / 1_000
    const cpuSeconds = (await readCpuSeconds(server.pid)) - cpuBefore
    return { goodput: total / seconds, cpuMicroseconds: (cpuSeconds * 1e6) / total }
  } finally {
    await Promise.all(clients.map((client) => client.destroy()))
  }
}

/** @returns false when the server was too busy */
function isAnswered(client: Client, { request, isRight }: CheckedCall): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let status = 0
    let body: Buffer | undefined
    client.dispatch(request, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode
      },
      onResponseData(_controller, chunk) {
        body = body === undefined ? chunk : Buffer.concat([body, chunk])
      },
      onResponseEnd() {
        if (status === 200 && body !== undefined && isRight(body)) resolve(true)
        else if (status === 503) resolve(false)
        else reject(new Error(`${request.path} was answered ${status} ${body?.toString('utf8')}`))
      },
      onResponseError: (_controller, error) => reject(error),
    })
  })
}
