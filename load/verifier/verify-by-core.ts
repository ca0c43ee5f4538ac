import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Difference } from './difference.ts'

/** The command line of the api, which this room runs and does not import. */
const COMMAND = fileURLToPath(new URL('../../packages/api/src/cli/main.ts', import.meta.url))

/** What differs; 0 is that nothing does. */
const DIFFERS = 1
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/**
 * What `coupon verify` finds: the core's own comparison of its counters with its log, which knows nothing of what
 * callers were told. It looks at all coupons of the database, not only at those of the run. That it cannot be run, as
 * on a database of another version, is a difference too.
 */
export async function verifyByCore(
  databaseUrl: string,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  try {
    return read(
      await promisify(execFile)(process.execPath, [COMMAND, 'verify', '--json'], {
        // biome-ignore lint/style/noProcessEnv: the command inherits what this process has, but for its database
        env: { ...process.env, DATABASE_URL: databaseUrl },
        signal,
        maxBuffer: MOST_OUTPUT_BYTES,
      }),
    )
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Failure
    if (code === DIFFERS && stdout !== '') return read({ stdout })
    if (signal.aborted) throw error
    return [{ coupon: 'all', rule: 'coupon verify can be run', found: stderr.trim() || `${error}` }]
  }
}

interface Failure {
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
}

interface Found {
  readonly differences: readonly { readonly code: string; readonly rule: string; found: string }[]
}

function read({ stdout }: { readonly stdout: string }): readonly Difference[] {
  const { differences } = JSON.parse(stdout) as Found
  return differences.map(({ code, rule, found }) => ({
    coupon: code,
    rule,
    found: `${found} (coupon verify)`,
  }))
}
