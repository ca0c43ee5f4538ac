import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface UnpackedChromium {
  readonly path: string
  /** What it needs set to find its libraries and fonts: it uses none of the machine's but the C library. */
  readonly environment: Readonly<Record<string, string>>
}

/** Unpacks the Chromium from npm, once a version and machine: some 200 MB, in a second or two. */
export async function unpackChromium(): Promise<UnpackedChromium> {
  const folder = join(tmpdir(), `coupon-gateway-chromium-${await readVersion()}`)
  if (!existsSync(folder)) await unpackInto(folder)
  return {
    path: join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

/** Unpacked aside and renamed, so that two test runs at once never see half of it. */
async function unpackInto(folder: string): Promise<void> {
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    // The package unpacks into the folder for temporary files, so a process of its own has another one.
    await promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('./unpack-here.ts', import.meta.url))],
      { env: { ...process.env, TMPDIR: unfinished } },
    )
    await writeFile(join(unfinished, 'fonts.conf'), fontsIn(folder))
    await rename(unfinished, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** That of the package knows the folders of its makers alone, and without a font no text has a width. */
function fontsIn(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`
}

async function readVersion(): Promise<string> {
  // The package exports its entry alone.
  const manifest = new URL('../package.json', import.meta.resolve('@sparticuz/chromium'))
  return JSON.parse(await readFile(manifest, 'utf8')).version
}
