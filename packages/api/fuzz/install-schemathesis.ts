import { execFile } from 'node:child_process'
import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))
const FOLDER = fileURLToPath(new URL('../.schemathesis/', import.meta.url))

/** There is no Python, or none that is new enough. The message says what to install. */
export class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError'
}

/**
 * Installs the pinned schemathesis into a virtual environment of its own, `.schemathesis/`, unless it is there.
 * @returns the path of its program
 * @throws PythonMissingError
 */
export async function installSchemathesis(): Promise<string> {
  const isWindows = process.platform === 'win32'
  const programs = join(FOLDER, isWindows ? 'Scripts' : 'bin')
  const program = join(programs, isWindows ? 'schemathesis.exe' : 'schemathesis')
  const wanted = await readFile(REQUIREMENTS, 'utf8')
  // Written last: half an installation does not have it.
  const installedFile = join(FOLDER, 'installed.txt')
  if ((await readFile(installedFile, 'utf8').catch(() => '')) === wanted) {
    await access(program)
    return program
  }
  const python = await findPython()
  await rm(FOLDER, { recursive: true, force: true })
  await run(python, ['-m', 'venv', FOLDER]).catch((error: Error) => {
    throw new PythonMissingError(
      `Python has no working venv module: on Debian install python3-venv. It said: ${error.message}`,
    )
  })
  await run(join(programs, isWindows ? 'python.exe' : 'python'), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
  ])
  await writeFile(installedFile, wanted)
  return program
}

async function findPython(): Promise<string> {
  const check = 'import sys; sys.exit(sys.version_info < (3, 10))'
  for (const python of ['python3', 'python']) {
    const isFit = await run(python, ['-c', check]).then(
      () => true,
      () => false,
    )
    if (isFit) return python
  }
  throw new PythonMissingError('schemathesis needs Python 3.10 or newer as `python3` on PATH')
}
