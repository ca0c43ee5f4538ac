import { readFileSync } from 'node:fs'
import { type CommandParser, createClient, defineScript } from '@redis/client'

/** A script of this folder, which answers with its verdict and what belongs to it. */
function script<Answer>(file: string, keys: number) {
  return defineScript({
    SCRIPT: readFileSync(new URL(file, import.meta.url), 'utf8'),
    NUMBER_OF_KEYS: keys,
    IS_READ_ONLY: false,
    parseCommand(parser: CommandParser, keys: readonly string[], args: readonly string[]) {
      parser.pushKeys([...keys])
      parser.push(...args)
    },
    transformReply: (reply: unknown) => {
      const [verdict, answer] = reply as [string, Answer]
      return { verdict, answer }
    },
  })
}

const SCRIPTS = {
  redeem: script<string>('redeem.lua', 5),
  rollback: script<readonly string[]>('rollback.lua', 5),
  fillCoupon: script<string>('fill-coupon.lua', 1),
}

/** Connects, and again whenever the connection was lost; commands wait meanwhile. */
export async function openRedis(url: string) {
  const client = createClient({
    url,
    scripts: SCRIPTS,
    socket: { reconnectStrategy: (tries) => Math.min(20 * tries, 500) },
  })
  // Without a listener it would end the process.
  client.on('error', (error) => console.error(String(error)))
  await client.connect()
  return client
}

export type Redis = Awaited<ReturnType<typeof openRedis>>
