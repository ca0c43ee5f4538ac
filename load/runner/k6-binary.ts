import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findOnPath, isExecutable } from '@coupon-gateway/stack'

/** k6 is not on npm. Its Go module builds the real one. */
const K6_MODULE = 'go.k6.io/k6@v1.8.1'

const BUILD_FOLDER = fileURLToPath(new URL('../../.k6/', import.meta.url))

/** There is no k6, and no Go to build one. The message says what to install. */
export class K6MissingError extends Error {
  override readonly name = 'K6MissingError'
}

/**
 * Finds k6: on PATH, else built before into the ignored folder `.k6`, else built now with Go (two minutes).
 *
 * @param onBuild told before a build starts
 * @param signal ends a build
 * @param buildFolder where it was built before, or is now
 * @throws K6MissingError
 */
export async function findK6(
  onBuild: (message: string) => void,
  signal: AbortSignal,
  buildFolder = BUILD_FOLDER,
): Promise<string> {
  const built = join(buildFolder, 'k6')
  const k6 = findOnPath('k6') ?? (isExecutable(built) ? built : undefined)
  if (k6 !== undefined) return k6
  const go = findOnPath('go')
  if (go === undefined) {
    throw new K6MissingError(
      'k6 is missing, and so is Go, which could build it. Install k6 (1.8 or newer) or Go (1.25 or newer) and put it on PATH.',
    )
  }
  onBuild(`k6 is not installed: building ${K6_MODULE} with Go, once, which takes some minutes …`)
  await promisify(execFile)(go, ['install', K6_MODULE], {
    env: { ...process.env, GOBIN: buildFolder },
    signal,
  })
  return built
}
