import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and PostgreSQL, to be a server that takes statements and answers nothing. */
export interface WithholdingProxy {
  /** The URL of the same database, through the proxy. */
  readonly url: string
  /** Keeps answers back from now on. The promise is settled when the next bytes of a client have come. */
  withhold(): Promise<void>
  /** Delivers the answers that were kept back, where the client still waits, and all others as they come. */
  deliver(): void
  close(): void
}

export async function startWithholdingProxy(databaseUrl: string): Promise<WithholdingProxy> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const keptBack: (() => void)[] = []
  let isWithholding = false
  let onAsked = () => {}
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    }
    client.on('data', (chunk) => {
      upstream.write(chunk)
      onAsked()
    })
    client.once('close', () => upstream.destroy())
    upstream.on('data', (chunk) => {
      const answer = () => client.write(chunk)
      if (isWithholding) keptBack.push(answer)
      else answer()
    })
    upstream.once('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    withhold() {
      isWithholding = true
      return new Promise((resolve) => {
        onAsked = resolve
      })
    },
    deliver() {
      isWithholding = false
      for (const answer of keptBack.splice(0)) answer()
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
