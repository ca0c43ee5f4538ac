import { readFileSync } from 'node:fs'
import { type GeneratedFile, generateFiles, PACKAGE_ROOT } from './generated-files.ts'

/** The generated files that are missing under `root`, or whose text there is not what their sources say now. */
export async function findStaleFiles(root = PACKAGE_ROOT): Promise<GeneratedFile[]> {
  const files = await generateFiles()
  return files.filter(({ path, text }) => readIfPresent(new URL(path, root)) !== text)
}

function readIfPresent(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
