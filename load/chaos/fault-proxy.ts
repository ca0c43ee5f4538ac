import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Stands on a link and passes bytes on, until it is told otherwise. It knows nothing of what they mean. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** Resets every connection there is, on both sides. */
  resetAll(): void
  /** From now on every byte takes so much longer, in both directions; 0 ends it. */
  setDelay(delayMs: number): void
  /** From now on nothing comes back, while what goes there arrives. */
  loseAnswers(): void
  /** Answers come back again. Connections that lost some are reset: a stream with a gap is none. */
  stopLosingAnswers(): void
  close(): Promise<void>
}

/** Where a proxy passes bytes on to. */
export interface ProxiedAddress {
  readonly host: string
  readonly port: number
}

/** Starts a proxy in front of an address, on a free port of the loopback. Nobody has to listen there yet. */
export async function startFaultProxy(to: ProxiedAddress): Promise<FaultProxy> {
  const connections = new Set<Connection>()
  let delayMs = 0
  let isLosing = false

  const server = createServer({ noDelay: true }, (caller) => {
    const target = connect({ ...to, noDelay: true })
    const connection: Connection = { caller, target, hasLost: false }
    connections.add(connection)
    // A peer that is gone is what this is about; the other side must see it too.
    for (const socket of [caller, target]) socket.once('error', () => reset(connection))
    target.once('close', () => connections.delete(connection))
    passOn(caller, target, () => true)
    passOn(target, caller, () => {
      connection.hasLost ||= isLosing
      return !connection.hasLost
    })
  })

  /** Chunks stay in order, however the delay changes meanwhile: each waits for the one before. */
  function passOn(from: Socket, to: Socket, shouldPass: () => boolean): void {
    let last: Promise<void> = Promise.resolve()
    let waiting = 0
    const later = (action: () => void) => {
      if (delayMs === 0 && waiting === 0) {
        action()
        return
      }
      waiting += 1
      const ready = sleep(delayMs)
      last = last
        .then(() => ready)
        .then(() => {
          waiting -= 1
          action()
        })
    }
    from.on('data', (chunk) => {
      if (!shouldPass()) return
      later(() => {
        if (!to.writable || to.write(chunk)) return
        from.pause()
        to.once('drain', () => from.resume())
      })
    })
    from.once('close', () => later(() => to.destroySoon()))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    resetAll() {
      for (const connection of connections) reset(connection)
    },
    setDelay(newDelayMs) {
      delayMs = newDelayMs
    },
    loseAnswers() {
      isLosing = true
    },
    stopLosingAnswers() {
      isLosing = false
      for (const connection of connections) if (connection.hasLost) reset(connection)
    },
    async close() {
      server.close()
      for (const connection of connections) reset(connection)
      await once(server, 'close')
    },
  }
}

interface Connection {
  readonly caller: Socket
  readonly target: Socket
  /** Bytes to the caller are missing: it gets no more of them. */
  hasLost: boolean
}

function reset({ caller, target }: Connection): void {
  caller.resetAndDestroy()
  target.resetAndDestroy()
}
