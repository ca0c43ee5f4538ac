import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RECORD_FILE, type RunRecord } from './run-record.ts'

/** The path is of no run. The message says what was looked for, and where. */
export class NoRunRecordError extends Error {
  override readonly name = 'NoRunRecordError'
}

/**
 * Reads the record of a run.
 * @param path its results folder, or the file itself
 * @throws NoRunRecordError
 */
export async function readRecord(path: string): Promise<RunRecord> {
  const isFolder = await stat(path).then(
    (it) => it.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(path, RECORD_FILE) : path
  let record: unknown
  try {
    record = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new NoRunRecordError(
      `a run must be its results folder, with ${RECORD_FILE} in it, got ${path}: ${error instanceof Error ? error.message : error}`,
    )
  }
  if (!isRecord(record)) {
    throw new NoRunRecordError(`${file} must be a run of form 1, which this harness writes`)
  }
  return record
}

function isRecord(value: unknown): value is RunRecord {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}
