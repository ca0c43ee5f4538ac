import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Figure, Session } from '@coupon-gateway/bench'
import { largeRun, writeHistory } from './write-history.ts'

export const VERIFIER = [
  {
    id: 'load.4',
    what: 'verifying 1,000,000 operations, from the file to the verdict',
    unit: 's',
    goal: '<= 10',
  },
  {
    id: 'load.4.memory',
    what: 'memory of the process that does, at most',
    unit: 'GB',
    goal: '<= 1',
  },
] as const satisfies readonly Omit<Figure, 'runs'>[]

const VERIFY_ONCE = fileURLToPath(new URL('verify-once.ts', import.meta.url))

/**
 * Writes a right history of a million operations and has it verified.
 * @throws Error the verdict on it was not that it is right: then the time means nothing
 */
export async function measureVerifier(
  _serverUrl: string,
  { quick }: Pick<Session, 'quick'>,
): Promise<ReadonlyMap<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'load-verifier-'))
  try {
    const written = await writeHistory(folder, largeRun(quick ? 0.1 : 1))
    const { historyFile, planFile, databaseFile } = written
    const { stdout } = await promisify(execFile)(process.execPath, [
      VERIFY_ONCE,
      historyFile,
      planFile,
      databaseFile,
    ])
    const result = JSON.parse(stdout)
    if (result.differences !== 0 || result.operations !== written.operations) {
      throw new Error(`a right history was found wrong: ${stdout}`)
    }
    return new Map([
      ['load.4', result.seconds],
      ['load.4.memory', result.gigabytes],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
}
