import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'

const START = fileURLToPath(new URL('../src/start.ts', import.meta.url))

/** What `pnpm start` started. */
export interface StartedStack {
  readonly child: ChildProcess
  output(): string
  /** Settles when the starter and every service, which share its output, have ended. */
  readonly ended: Promise<number | null>
}

/** A place with a data directory and ports of its own, to start a stack in, once or again. */
export interface StackPlace {
  readonly apiPort: string
  readonly gatewayPort: string
  readonly deskPort: string
  /** Runs what `pnpm start` runs, in a process group of its own, as a shell does. */
  start(changes?: Readonly<Record<string, string>>): StartedStack
  /** Kills what is still running, and removes the data. */
  remove(): Promise<void>
}

export async function makeStackPlace(): Promise<StackPlace> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'coupon-gateway-stack-'))
  const apiPort = String(await getPort())
  const gatewayPort = String(await getPort())
  const deskPort = String(await getPort())
  const running = new Set<ChildProcess>()
  return {
    apiPort,
    gatewayPort,
    deskPort,
    start(changes = {}) {
      const child = spawn(process.execPath, [START], {
        env: {
          ...process.env,
          DATA_DIR: dataDirectory,
          API_PORT: apiPort,
          GATEWAY_PORT: gatewayPort,
          DESK_PORT: deskPort,
          ...changes,
        },
        detached: true,
      })
      running.add(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk
        })
      }
      const ended = once(child, 'close').then(() => {
        running.delete(child)
        return child.exitCode
      })
      return { child, output: () => output, ended }
    },
    async remove() {
      for (const child of running) child.kill('SIGKILL')
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

export async function untilReady(started: StartedStack): Promise<void> {
  const { stdout } = started.child
  if (stdout === null) throw new Error('it has no output')
  while (!started.output().includes('is running')) await once(stdout, 'data')
}
