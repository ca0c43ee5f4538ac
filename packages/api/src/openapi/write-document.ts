import { writeFile } from 'node:fs/promises'
import { PROFILES } from '../api-profile.ts'
import { type ApiParts, buildApiServer } from '../server.ts'

/** Writes `openapi.json` of the routes as they are. A test compares the two. */

export const DOCUMENT_FILE = new URL('../../openapi.json', import.meta.url)

/** The document as text, of a server that serves nothing. */
export async function generateDocument(): Promise<string> {
  const app = buildApiServer({ profile: PROFILES.native } as ApiParts, { level: 'silent' })
  await app.ready()
  const text = `${JSON.stringify(app.describe(), null, 2)}\n`
  await app.close()
  return text
}

if (import.meta.main) await writeFile(DOCUMENT_FILE, await generateDocument())
