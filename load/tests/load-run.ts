import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What `pnpm load` started. */
export interface LoadRun {
  readonly child: ChildProcess
  /** What it wrote to stdout and stderr so far. */
  output(): string
  /** Settles when it has ended, with its exit code. */
  readonly ended: Promise<number | null>
}

/** Runs what `pnpm load` runs, in a process group of its own, as a shell does. */
export function startLoad(
  options: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): LoadRun {
  const child = spawn(process.execPath, ['load/runner/main.ts', ...options], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(() => child.exitCode)
  return { child, output: () => output, ended }
}

export async function load(
  options: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const run = startLoad(options, environment)
  const code = await run.ended
  return { code, output: run.output() }
}

/** Waits until callers were answered: then everything runs that a run starts. */
export async function untilUnderLoad(run: LoadRun): Promise<void> {
  const results = join(ROOT, 'load/results')
  for (;;) {
    if (run.child.exitCode !== null) throw new Error(`it ended: ${run.output()}`)
    const names = await readdir(results).catch(() => [])
    const folder = names.find((name) => name.endsWith(`-${run.child.pid}`))
    if (folder !== undefined) {
      const history = await stat(join(results, folder, 'history.ndjson')).catch(() => undefined)
      if (history !== undefined && history.size > 0) return
    }
    await sleep(20)
  }
}

/** The process ids of the services that a run said it started, by name. */
export function pidsOf(run: LoadRun): ReadonlyMap<string, number> {
  return new Map(
    [...run.output().matchAll(/^load: (.+) runs at \S+ \(pid (\d+)\)$/gm)].map(
      ([, name = '', pid]) => [name, Number(pid)],
    ),
  )
}
