import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { EVENTS } from './keys.ts'
import type { Redis } from './open-redis.ts'
import { writeEvents } from './write-events.ts'

const GROUP = 'log-writers'
const CONSUMER = 'log-writer'
const BATCH = 500
const BLOCK_MS = 200
const RETRY_MS = 100

/** As the client answers `XREADGROUP`. */
interface StreamOfEvents {
  readonly messages: readonly {
    readonly id: string
    readonly message: { readonly event: string }
  }[]
}

/** Writes what was granted to PostgreSQL, after it was told. */
export interface LogWriter {
  /** Ends when the events that it has are written. */
  stop(): Promise<void>
}

/**
 * Reads the events as the consumer of a group: each stays pending in Redis until it is acknowledged, which is after it
 * was committed. A process that dies in between finds it again at its next start, so nothing gets lost by that; written
 * twice, it is there once.
 *
 * @param redis a connection of its own, since reading blocks it
 */
export function startLogWriter(redis: Redis, pool: pg.Pool): LogWriter {
  let isStopping = false
  /** What was read and not acknowledged comes first, from the beginning. */
  let from = '0'

  async function writeBatch(): Promise<void> {
    const streams = await redis.xReadGroup(
      GROUP,
      CONSUMER,
      { key: EVENTS, id: from },
      { COUNT: BATCH, BLOCK: BLOCK_MS },
    )
    const entries = (streams as readonly StreamOfEvents[] | null)?.[0]?.messages ?? []
    if (entries.length === 0) {
      from = '>'
      return
    }
    await writeEvents(
      pool,
      entries.map(({ message }) => JSON.parse(message.event)),
    )
    const ids = entries.map(({ id }) => id)
    await redis.multi().xAck(EVENTS, GROUP, ids).xDel(EVENTS, ids).exec()
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      try {
        await writeBatch()
      } catch (error) {
        console.error(String(error))
        // Redis may have come back without its data, and so without the group.
        if (!isStopping) await makeGroup(redis).catch(() => setTimeout(RETRY_MS))
        from = '0'
      }
    }
  }

  const ended = makeGroup(redis)
    .catch((error) => console.error(String(error)))
    .then(run)
  return {
    async stop() {
      isStopping = true
      await ended
    },
  }
}

async function makeGroup(redis: Redis): Promise<void> {
  try {
    await redis.xGroupCreate(EVENTS, GROUP, '0', { MKSTREAM: true })
  } catch (error) {
    if (!String(error).includes('BUSYGROUP')) throw error
    // It is there, so the trouble was with PostgreSQL or the connection.
    await setTimeout(RETRY_MS)
  }
}
