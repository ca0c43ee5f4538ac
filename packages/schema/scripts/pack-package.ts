import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PACKAGE_ROOT } from './generated-files.ts'

/** Run from anywhere in the workspace. */
export const PACK_COMMAND = 'npx -y pnpm@12 --filter @coupon-gateway/schema run tarball'

/** What npm made, and what is in it. */
export interface Tarball {
  readonly path: string
  /** Relative to the package. */
  readonly files: readonly string[]
}

const run = promisify(execFile)
const TYPESCRIPT = createRequire(import.meta.url).resolve('typescript/package.json')

/**
 * Builds this package and packs it into `folder` with `npm pack`, ready to be published or installed.
 *
 * It packs a folder apart: in the workspace `exports` names the sources, and of `publishConfig.exports`, which names
 * what is built, npm knows nothing.
 */
export async function packPackage(folder: string): Promise<Tarball> {
  const staging = await mkdtemp(join(tmpdir(), 'schema-package-'))
  try {
    await stage(staging)
    await mkdir(folder, { recursive: true })
    const { stdout } = await run('npm', [
      'pack',
      staging,
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      folder,
    ])
    return readPackReport(folder, stdout)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function stage(staging: string): Promise<void> {
  const tsc = join(dirname(TYPESCRIPT), 'bin/tsc')
  const cwd = fileURLToPath(PACKAGE_ROOT)
  await run(
    process.execPath,
    [tsc, '-p', 'tsconfig.build.json', '--outDir', join(staging, 'dist')],
    {
      cwd,
    },
  )
  const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
  const { scripts, devDependencies, publishConfig, ...published } = manifest
  const files: readonly string[] = published.files
  for (const name of ['README.md', ...files.filter((it) => it !== 'dist')]) {
    await cp(join(cwd, name), join(staging, name), { recursive: true })
  }
  await cp(join(cwd, '../../LICENSE'), join(staging, 'LICENSE'))
  await writeFile(
    join(staging, 'package.json'),
    `${JSON.stringify({ ...published, ...publishConfig }, null, 2)}\n`,
  )
}

/** npm 11 answers a list, npm 12 an object by package name. */
function readPackReport(folder: string, json: string): Tarball {
  const [report] = Object.values(
    JSON.parse(json) as Record<string, { filename: string; files: { path: string }[] }>,
  )
  if (report === undefined) throw new Error(`npm pack answered ${json}`)
  return { path: join(folder, report.filename), files: report.files.map(({ path }) => path) }
}
