import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'

/** Ignored by git, and gone with the installed packages whose work it is. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url))
/** Where `openPglite` looks in a data directory. */
const CLUSTER = 'pglite'

/**
 * Makes a folder with an empty embedded database, to be opened by `openPglite` or taken as `DATA_DIR`.
 *
 * It is a copy: PGlite takes about 5 seconds of a core to make an empty database, and 0.3 to open one. Tests that are
 * about a first start take an empty folder instead.
 *
 * @returns its path; the caller removes it
 */
export async function makeDataDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-data-'))
  await cp(await findEmptyDatabase(), join(folder, CLUSTER), { recursive: true })
  return folder
}

/** The one that all tests copy. It is made once for each version of PGlite. */
async function findEmptyDatabase(): Promise<string> {
  const path = join(CACHE, `pglite-${readPgliteVersion()}`)
  if (await exists(path)) return path
  await mkdir(CACHE, { recursive: true })
  const unfinished = await mkdtemp(join(CACHE, 'unfinished-'))
  const cluster = join(unfinished, CLUSTER)
  const pglite = await PGlite.create(cluster)
  await pglite.close()
  // Others may do the same at this moment: whoever is first wins, and nobody sees half of it.
  await rename(cluster, path).catch(async (error) => {
    if (!(await exists(path))) throw error
  })
  await rm(unfinished, { recursive: true })
  return path
}

function readPgliteVersion(): string {
  const require = createRequire(import.meta.url)
  // Its manifest is not among its exports.
  const root = dirname(dirname(require.resolve('@electric-sql/pglite')))
  return require(join(root, 'package.json')).version
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
