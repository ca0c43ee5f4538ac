import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requestOf } from '../protocols/index.ts'

/**
 * Writes the document that the load sends as a manifest for the gateway, as a frontend in production brings its own.
 *
 * @returns the file
 */
export async function writeManifest(): Promise<string> {
  const { body } = requestOf(
    { protocol: 'graphql', url: '', key: '' },
    { coupon: '', operation: 'redeem', user: '', key: '' },
  )
  const { query } = JSON.parse(body ?? '') as { query: string }
  const id = createHash('sha256').update(query).digest('hex')
  const file = join(await mkdtemp(join(tmpdir(), 'coupon-gateway-bench-')), 'documents.json')
  await writeFile(file, JSON.stringify({ [id]: query }))
  return file
}
