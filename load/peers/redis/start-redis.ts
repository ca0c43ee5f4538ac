import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { findRedis } from './find-redis.ts'

/**
 * How Redis keeps its data. `rdb` is what it does when nothing is set: a snapshot now and then. `aof` is
 * `appendonly yes`, whose default is to flush once a second.
 */
export type RedisDurability = 'rdb' | 'aof'

/** A Redis of our own, on the loopback. */
export interface RedisServer {
  readonly url: string
  /** As the program calls itself, such as `Valkey server v=9.1.2`. */
  readonly version: string
  /** The folder of its snapshots and logs. */
  readonly folder: string
  /** Ends it at once, by SIGKILL. */
  kill(): Promise<void>
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>
  /** Ends it, and throws its data away. */
  stop(): Promise<void>
}

const SETTINGS: Readonly<Record<RedisDurability, readonly string[]>> = {
  rdb: [],
  aof: ['--appendonly', 'yes'],
}

/** @throws RedisMissingError */
export async function startRedis(durability: RedisDurability): Promise<RedisServer> {
  const program = await findRedis()
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).split(' sha=')[0] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'coupon-gateway-redis-'))
  const port = await getPort({ host: '127.0.0.1' })
  let running: ChildProcess | undefined
  const discard = () => {
    process.off('exit', discard)
    running?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', discard)

  const start = async () => {
    const server = spawn(
      program,
      ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...SETTINGS[durability]],
      // A group of its own: Ctrl-C must not take it from under those who use it.
      { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    running = server
    await untilReady(server)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill(signal)
    await exited
  }
  try {
    await start()
  } catch (error) {
    discard()
    throw error
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    version,
    folder,
    kill: () => end('SIGKILL'),
    restart: start,
    async stop() {
      await end('SIGKILL')
      discard()
    },
  }
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-4_000)
      if (log.includes('Ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code, signal) =>
      reject(new Error(`Redis ended with ${code ?? signal}:\n${log}`)),
    )
  })
}
