import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface PageFile {
  readonly content: string | Uint8Array
  readonly contentType: string
  /** Its name changes with its content. */
  readonly isImmutable: boolean
}

const ROOT = fileURLToPath(new URL('../page', import.meta.url))

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Builds both pages with Vite into memory: a fresh clone serves them without another step, and no folder of an
 * earlier build is ever served in place of what the sources say. It takes well under a second.
 */
export async function buildPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    // Not by NODE_ENV, which would bring the slower build of lit-html with its warnings into pages under test.
    resolve: { conditions: ['module', 'browser', 'production'] },
    build: {
      write: false,
      // Small images as data would need another rule in the policy of the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: [`${ROOT}/index.html`, `${ROOT}/in-store.html`] },
    },
  })
  const files = new Map<string, PageFile>()
  for (const { output } of [result].flat() as readonly BuiltOutput[]) {
    for (const file of output) {
      files.set(`/${file.fileName}`, {
        content: file.type === 'chunk' ? file.code : file.source,
        contentType: CONTENT_TYPES[extname(file.fileName)] ?? 'application/octet-stream',
        isImmutable: file.fileName.startsWith('assets/'),
      })
    }
  }
  return files
}

/** What Vite answers when it writes nothing and watches nothing. */
interface BuiltOutput {
  readonly output: readonly (
    | { readonly type: 'chunk'; readonly fileName: string; readonly code: string }
    | { readonly type: 'asset'; readonly fileName: string; readonly source: string | Uint8Array }
  )[]
}
