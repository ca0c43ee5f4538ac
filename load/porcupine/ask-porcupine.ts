import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findOnPath } from '@coupon-gateway/stack'
import { lineOf, type Sample } from './sample.ts'

/** `Unknown`: it did not come to an end in its time. */
export type PorcupineVerdict = 'Ok' | 'Illegal' | 'Unknown'

/** There is no Go to build Porcupine with. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError'
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const PROGRAM = join(FOLDER, 'bin', 'porcupine')
const TIMEOUT_MS = 5_000

/**
 * What Porcupine says of each sample, in their order. Its program is built with Go where Go has not built it yet.
 *
 * @throws GoMissingError
 */
export async function askPorcupine(
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<readonly PorcupineVerdict[]> {
  const go = findOnPath('go')
  if (go === undefined) {
    throw new GoMissingError(
      'Go is missing, which builds Porcupine. Install Go (1.25 or newer) and put it on PATH.',
    )
  }
  await promisify(execFile)(go, ['build', '-o', PROGRAM, '.'], { cwd: FOLDER, signal })
  const asking = promisify(execFile)(PROGRAM, { signal, maxBuffer: 64 * 1024 * 1024 })
  asking.child.stdin?.end(samples.map((sample) => `${lineOf(sample, TIMEOUT_MS)}\n`).join(''))
  const { stdout } = await asking
  const lines = stdout.split('\n').filter((line) => line !== '')
  if (lines.length !== samples.length) {
    throw new Error(`Porcupine answered ${lines.length} of ${samples.length} samples`)
  }
  return lines.map((line) => (JSON.parse(line) as { verdict: PorcupineVerdict }).verdict)
}
