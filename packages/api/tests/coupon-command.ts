import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `coupon` as a process of its own, with a database of the test's. */
export function runCoupon(
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
