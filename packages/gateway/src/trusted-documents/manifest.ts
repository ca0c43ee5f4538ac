import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import publishedDocuments from '@coupon-gateway/schema/trusted-documents.json' with { type: 'json' }
import { SettingsError } from '@coupon-gateway/service'
import { z } from 'zod'

/** The text of a document, and the id by which it is asked for. */
export interface ManifestEntry {
  readonly id: string
  readonly text: string
  /** Where it stands, to be named when it is wrong. */
  readonly source: string
}

/** A custom document identifier of GraphQL over HTTP. */
const ID = /^[\w.~-]{1,128}$/
const SHA_256 = /^[0-9a-f]{64}$/

/** GraphQL Code Generator's, and ours. */
const textById = z.record(z.string(), z.string())
/** Of `@apollo/generate-persisted-query-manifest`. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/**
 * Reads the trusted documents: those that `@coupon-gateway/schema` publishes, and those of the operator's manifest.
 *
 * @param file JSON in one of two forms: `{ "<id>": "<text>" }`, or Apollo's manifest
 * @throws SettingsError when it cannot be read, or an id is not what its document has
 */
export async function readManifests(file: string | undefined): Promise<readonly ManifestEntry[]> {
  const published = toEntries(publishedDocuments, '@coupon-gateway/schema')
  return file === undefined ? published : [...published, ...(await readManifest(file))]
}

async function readManifest(file: string): Promise<readonly ManifestEntry[]> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw refusal(file, error instanceof Error ? error.message : String(error))
  }
  const apollos = apolloManifest.safeParse(content)
  const plain = textById.safeParse(content)
  const entries = apollos.success
    ? apollos.data.operations.map(({ id, body }) => ({ id, text: body, source: file }))
    : plain.success && toEntries(plain.data, file)
  if (!entries) {
    throw refusal(file, 'it must be { "<id>": "<text>" }, or Apollo’s persisted query manifest')
  }
  for (const { id, text } of entries) {
    if (!ID.test(id)) {
      throw refusal(file, `the id ${JSON.stringify(id)} must be 1 to 128 of A-Z a-z 0-9 - . _ ~`)
    }
    if (SHA_256.test(id) && id !== hashOf(text)) {
      throw refusal(file, `the SHA-256 of the document ${id} is ${hashOf(text)}`)
    }
  }
  return entries
}

function toEntries(texts: Readonly<Record<string, string>>, source: string): ManifestEntry[] {
  return Object.entries(texts).map(([id, text]) => ({ id, text, source }))
}

/** The SHA-256 of a document's text, in hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function refusal(file: string, problem: string): SettingsError {
  return new SettingsError(
    `TRUSTED_DOCUMENTS_FILE must hold valid documents, got ${file}: ${problem}`,
  )
}
