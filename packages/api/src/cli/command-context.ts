import { once } from 'node:events'
import type { Database } from '@coupon-gateway/database'
import { openDatabase } from '../open-database.ts'
import { type ApiSettings, readApiSettings } from '../settings.ts'
import type { ExitCode } from './exit-code.ts'

/** What a command has of the process that it runs in. */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv
  /** For results. */
  readonly stdout: NodeJS.WriteStream
  /** For progress and errors, so that results can be piped. */
  readonly stderr: NodeJS.WriteStream
  /** `--json` was among the arguments: what is written is JSON, errors too. */
  readonly isForPrograms: boolean
  /** The command ends with this code, if no error comes after. */
  setExitCode(code: ExitCode): void
}

/** Writes a result: for programs with `--json`, one JSON value on one line; else the text for people. */
export function printResult(
  { stdout, isForPrograms }: CommandContext,
  result: object,
  text: string,
): void {
  stdout.write(`${isForPrograms ? JSON.stringify(result) : text}\n`)
}

/** Writes a part of a long result, and resolves when there is room for the next. */
export async function writePart({ stdout }: CommandContext, text: string): Promise<void> {
  if (!stdout.write(text)) await once(stdout, 'drain')
}

/**
 * Opens the database that the service's own settings name, and closes it after `work`.
 * @throws SettingsError
 * @throws DataDirectoryInUseError the service, or another command, has the embedded database open
 */
export async function withDatabase<Result>(
  { environment }: CommandContext,
  work: (database: Database, settings: ApiSettings) => Promise<Result>,
): Promise<Result> {
  const settings = readApiSettings(environment)
  const database = await openDatabase(settings.database)
  try {
    return await work(database, settings)
  } finally {
    await database.close()
  }
}
