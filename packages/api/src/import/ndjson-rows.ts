import { findJsonFault, toFaultProblem } from '../json-fault.ts'
import { tellInEnglish } from '../told-problem.ts'
import { type FileRow, MAX_ROW_BYTES, unreadable } from './file-row.ts'

/** Reads rows of NDJSON: a JSON object in each line. What one of them has wrong ends nothing. */
export async function* readNdjsonRows(
  text: AsyncIterable<string>,
): AsyncGenerator<FileRow, void, undefined> {
  let line = 0
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const content of lines) {
      line += 1
      yield* toRow(line, content)
    }
    if (rest.length > MAX_ROW_BYTES) {
      yield unreadable(line + 1, 'has too long a row here', 'rows of at most 64 kB')
      return
    }
  }
  yield* toRow(line + 1, rest)
}

function* toRow(line: number, content: string): Generator<FileRow> {
  if (content.trim() === '') return
  try {
    const fields = JSON.parse(content)
    const fault = findJsonFault(content)
    yield fault === undefined
      ? { line, fields }
      : { line, problems: tellInEnglish([toFaultProblem(fault)]), isLast: false }
  } catch {
    const problem = 'could not be read as JSON'
    const allowed = 'a JSON object on one line'
    yield { line, problems: [{ field: 'row', problem, allowed }], isLast: false }
  }
}
