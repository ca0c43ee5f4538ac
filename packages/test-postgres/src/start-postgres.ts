import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import getPort from 'get-port'
import { findServerBinaries, isRoot, readableByOthers } from './server-binaries.ts'

/** A PostgreSQL server of our own, on the loopback, durable as in production (fsync on). */
export interface PostgresServer {
  /** URL of its `postgres` database; the user may create others. */
  readonly url: string
  stop(): Promise<void>
}

/** The user that a root session runs the server as: it exists on every Unix and owns nothing. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 }

/**
 * Starts a fresh PostgreSQL server on a free port, or answers with the one of `TEST_DATABASE_URL`.
 * Its data is thrown away by `stop`.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} }

  const user = isRoot() ? UNPRIVILEGED : undefined
  const native =
    user === undefined ? findServerBinaries() : readableByOthers(findServerBinaries(), tmpdir())
  const dataDirectory = await mkdtemp(join(tmpdir(), 'coupon-gateway-pg-'))
  if (user !== undefined) await chown(dataDirectory, user.uid, user.gid)

  const options = { ...user, cwd: dataDirectory, env: { ...process.env, LC_ALL: 'C.UTF-8' } }
  await promisify(execFile)(
    join(native, 'bin', 'initdb'),
    ['--pgdata', dataDirectory, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'],
    options,
  )
  const port = await getPort({ host: '127.0.0.1' })
  const server = spawn(
    join(native, 'bin', 'postgres'),
    [
      '-D',
      dataDirectory,
      '-p',
      `${port}`,
      '-h',
      '127.0.0.1',
      '-k',
      '',
      '-c',
      'max_connections=200',
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  // A process that ends early must leave neither a server nor its data behind.
  const killServer = () => {
    server.kill('SIGKILL')
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  process.once('exit', killServer)
  await untilReady(server)

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      process.off('exit', killServer)
      if (server.exitCode === null) {
        const exited = once(server, 'exit')
        server.kill('SIGINT')
        await exited
      }
      await rm(dataDirectory, { recursive: true, force: true })
    },
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
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)))
  })
}
