import { CommanderError } from '@commander-js/extra-typings'
import {
  DatabaseUnavailableError,
  DataDirectoryInUseError,
  DataDirectoryUnusableError,
} from '@coupon-gateway/database'
import { SettingsError } from '@coupon-gateway/service'
import type { CommandContext } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { buildProgram } from './program.ts'

/** Runs `coupon` with its arguments. @returns the exit code; what went wrong is on stderr */
export async function runCli(
  args: readonly string[],
  { env, stdout, stderr }: Pick<NodeJS.Process, 'env'> & Pick<CommandContext, 'stdout' | 'stderr'>,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok
  const isForPrograms = args.includes('--json')
  const context: CommandContext = {
    environment: env,
    stdout,
    stderr,
    isForPrograms,
    setExitCode(code) {
      exitCode = code
    },
  }
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Help that was asked for, and was written.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const { code, message, exit } = explain(error)
    if (isForPrograms) stderr.write(`${JSON.stringify({ error: { code, message } })}\n`)
    // A wrong call is explained by the library.
    else if (!(error instanceof CommanderError)) stderr.write(`coupon: ${message}\n`)
    return exit
  }
}

function explain(error: unknown): { code: string; message: string; exit: ExitCode } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof CommanderError) {
    return { code: 'WRONG_CALL', message: message.replace(/^error: /, ''), exit: EXIT.usage }
  }
  if (error instanceof CommandError) return { code: error.code, message, exit: EXIT.failed }
  if (error instanceof SettingsError) return { code: 'BAD_SETTING', message, exit: EXIT.usage }
  if (error instanceof DataDirectoryInUseError) {
    return { code: 'DATABASE_IN_USE', message, exit: EXIT.failed }
  }
  if (error instanceof DatabaseUnavailableError || error instanceof DataDirectoryUnusableError) {
    return { code: 'DATABASE_UNAVAILABLE', message, exit: EXIT.failed }
  }
  // Nothing that a caller could mend, so it comes with its stack.
  const stack = error instanceof Error ? (error.stack ?? message) : message
  return { code: 'INTERNAL', message: stack, exit: EXIT.failed }
}
