import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { chown, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import getPort from 'get-port'
import { findServerBinaries, isRoot, readableByOthers } from './server-binaries.ts'

/** A PostgreSQL server of our own, on the loopback, durable as in production (fsync on). */
export interface PostgresServer {
  /** URL of its `postgres` database; the user may create others. */
  readonly url: string
  /** Its process at this moment; undefined while it is down, and for a server that is not ours. */
  pid(): number | undefined
  /**
   * Shuts the server down at once, as a crash does: connections break, what was not committed is lost. Then
   * starts it again on the same port and data, and resolves when it takes connections.
   *
   * @param untilRestart settles when it shall be started again; without it, that is at once
   * @throws when the server is the one of `TEST_DATABASE_URL`, which is not ours to crash
   */
  crash(untilRestart?: () => Promise<void>): Promise<void>
  /** As `crash`, but every process of the server is ended by SIGKILL, the server itself first. */
  kill(untilRestart?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** @see https://www.postgresql.org/docs/current/server-shutdown.html */
const FAST_SHUTDOWN = 'SIGINT'
/** Without a checkpoint: the next start recovers from the log, as after a crash. */
const IMMEDIATE_SHUTDOWN = 'SIGQUIT'

/** The user that a root session runs the server as: it exists on every Unix and owns nothing. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 }

/**
 * Starts a fresh PostgreSQL server on a free port, or answers with the one of `TEST_DATABASE_URL`.
 * Its data is thrown away by `stop`.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined && given !== '') return serverOfSomebodyElse(given)

  const user = isRoot() ? UNPRIVILEGED : undefined
  const binaries = findServerBinaries()
  const folder = user === undefined ? binaries.folder : readableByOthers(binaries, tmpdir())
  const dataDirectory = mkdtempSync(join(tmpdir(), 'coupon-gateway-pg-'))
  let running: ChildProcess | undefined
  // A start that fails, or a process that ends early, must leave neither a server nor its data behind.
  const discard = () => {
    process.off('exit', discard)
    running?.kill('SIGKILL')
    // Children of what was killed may still be writing.
    rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 10 })
  }
  process.once('exit', discard)
  try {
    if (user !== undefined) await chown(dataDirectory, user.uid, user.gid)
    const options = { ...user, cwd: dataDirectory, env: { ...process.env, LC_ALL: 'C.UTF-8' } }
    const initialized = promisify(execFile)(
      join(folder, 'bin', 'initdb'),
      [
        ['--pgdata', dataDirectory],
        ['--username', 'postgres'],
        ['--auth', 'trust'],
        ['--encoding', 'UTF8'],
      ].flat(),
      options,
    )
    running = initialized.child
    await initialized
    const port = await getPort({ host: '127.0.0.1' })
    const spawnServer = async () => {
      const server = spawn(
        join(folder, 'bin', 'postgres'),
        [
          ['-D', dataDirectory],
          ['-p', `${port}`],
          ['-h', '127.0.0.1'],
          ['-k', ''],
          ['-c', 'max_connections=200'],
        ].flat(),
        // A group of its own: Ctrl-C must not take it from under those who use it and stop in order.
        { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
      )
      running = server
      await untilReady(server)
      return server
    }
    let server: ChildProcess = await spawnServer()

    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      pid: () => (server.exitCode === null && server.signalCode === null ? server.pid : undefined),
      async crash(untilRestart) {
        await end(server, IMMEDIATE_SHUTDOWN)
        await untilRestart?.()
        server = await spawnServer()
      },
      async kill(untilRestart) {
        await killWithChildren(server)
        await untilRestart?.()
        server = await spawnServer()
      },
      async stop() {
        process.off('exit', discard)
        await end(server, FAST_SHUTDOWN)
        await rm(dataDirectory, { recursive: true, force: true })
      },
    }
  } catch (error) {
    discard()
    throw error
  }
}

function serverOfSomebodyElse(url: string): PostgresServer {
  const refuse = async () => {
    throw new Error(
      'the server of TEST_DATABASE_URL is not ours to crash; unset TEST_DATABASE_URL to run crash tests',
    )
  }
  return { url, pid: () => undefined, crash: refuse, kill: refuse, stop: async () => {} }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  // A process that a signal ended has no exit code, and emits no second 'exit' to wait for.
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill(signal)
  await exited
}

/** Its children are in sessions of their own, and would finish what they were at. */
async function killWithChildren(server: ChildProcess): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const children = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === server.pid)
    .map(([pid = 0]) => pid)
  // The server first, so that it starts no others.
  await end(server, 'SIGKILL')
  for (const pid of children) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // It ended by itself, when the server was gone.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-4000)
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code, signal) =>
      reject(new Error(`PostgreSQL ended with ${code ?? signal}:\n${log}`)),
    )
  })
}
