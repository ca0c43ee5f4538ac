import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readCsvRows } from './csv-rows.ts'
import { type FileRow, unreadable } from './file-row.ts'
import { IMPORT_COLUMNS } from './import-row.ts'
import { readNdjsonRows } from './ndjson-rows.ts'

export const FILE_FORMATS = ['csv', 'ndjson'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

const FORMAT_OF: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
}

export interface ImportFile {
  readonly path: string
  readonly format: FileFormat
}

/** Undefined where the name of a file does not tell. */
export function formatOfName(path: string): FileFormat | undefined {
  return FORMAT_OF[extname(path).toLowerCase()]
}

/** SHA-256 in hex. @throws NodeJS.ErrnoException the file cannot be read */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Reads the rows of a file, one at a time, in flat memory.
 * @throws NodeJS.ErrnoException the file cannot be read
 */
export async function* readRows({
  path,
  format,
}: ImportFile): AsyncGenerator<FileRow, void, undefined> {
  let line = 0
  try {
    const text = readText(path)
    const rows = format === 'csv' ? readCsvRows(text, IMPORT_COLUMNS) : readNdjsonRows(text)
    for await (const row of rows) {
      line = row.line
      yield row
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    yield unreadable(line + 1, 'is not UTF-8 from about here on', 'UTF-8')
  }
}

async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const bytes of createReadStream(path)) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}
