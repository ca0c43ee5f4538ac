import { execFile } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { runCli } from '../src/cli/run-cli.ts'

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `coupon` in this process, with a database of the test's: a process of its own for each would take most of the time. */
export async function runCoupon(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandOutcome> {
  const stdout = collectText()
  const stderr = collectText()
  const env = { ...process.env, ...environment }
  const exitCode = await runCli(args, { env, stdout: stdout.stream, stderr: stderr.stream })
  return { exitCode, stdout: await stdout.end(), stderr: await stderr.end() }
}

/** Runs `coupon` as its users do, as a process. */
export function runCouponProcess(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...process.env, ...environment } },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** Runs `coupon … --json` and reads its result. @throws Error with what it said when it failed */
export async function readCoupon(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of every shape.
): Promise<any> {
  const { exitCode, stdout, stderr } = await runCoupon(environment, ...args, '--json')
  if (exitCode !== 0) throw new Error(`coupon ${args.join(' ')}: ${stderr}`)
  return JSON.parse(stdout)
}

/** What a command writes to; no terminal, and as slow as one, so that it has to wait for it. */
function collectText() {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      text += chunk
      setImmediate(done)
    },
  })
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    end: () => new Promise<string>((resolve) => stream.end(() => resolve(text))),
  }
}
