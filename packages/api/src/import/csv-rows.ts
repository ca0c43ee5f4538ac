import { CsvError, type Parser, parse } from 'csv-parse'
import { unmarkFormula } from '../csv.ts'
import type { ToldProblem } from '../told-problem.ts'
import { type FileRow, MAX_ROW_BYTES, unreadable } from './file-row.ts'

/** What a file's columns can be. */
export interface Columns {
  readonly known: readonly string[]
  readonly required: readonly string[]
  /** Whose cells are numbers. */
  readonly numeric: ReadonlySet<string>
}

const NUMBER = /^-?\d+(\.\d+)?$/

/**
 * Reads rows of CSV (RFC 4180, with a header) as objects. An empty cell is an absent field; a text that an export
 * marked, so that no spreadsheet runs it as a formula, loses its mark.
 */
export async function* readCsvRows(
  text: AsyncIterable<string>,
  columns: Columns,
): AsyncGenerator<FileRow, void, undefined> {
  // Records come by this queue: a stream would lose those that are before an error.
  const queue: (readonly string[])[] = []
  const parser = parse({
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    record_delimiter: ['\r\n', '\n'],
    on_record(record: readonly string[]) {
      queue.push(record)
      return null
    },
  })
  parser.on('error', () => {})
  let header: readonly string[] | undefined
  // The parser counts a line twice where a cell has both ends of line.
  let line = 1
  for await (const piece of withEnd(text)) {
    const error = await parsePiece(parser, piece)
    for (const cells of queue.splice(0)) {
      if (cells.length === 1 && cells[0] === '') {
        // An empty line is passed over, and counted.
      } else if (header === undefined) {
        header = cells.map((cell) => cell.trim())
        const problems = findHeaderProblems(header, columns)
        if (problems.length > 0) {
          yield { line, problems, isLast: true }
          return
        }
      } else {
        yield toRow(line, header, cells, columns)
      }
      line += 1 + cells.reduce((count, cell) => count + countLineEnds(cell), 0)
    }
    if (error !== undefined) {
      yield unreadable(line, describe(error), 'CSV as RFC 4180 has it, in rows of at most 64 kB')
      return
    }
  }
  if (header === undefined) yield unreadable(1, 'is empty', 'a header and rows')
}

/** Null is the end. */
async function* withEnd(text: AsyncIterable<string>): AsyncGenerator<string | null> {
  yield* text
  yield null
}

/** @returns what the parser stumbled over */
async function parsePiece(parser: Parser, piece: string | null): Promise<CsvError | undefined> {
  const error = await new Promise<Error | null | undefined>((resolve) => {
    if (piece === null) parser.end(resolve)
    else parser.write(piece, resolve)
  })
  if (error == null) return undefined
  if (error instanceof CsvError) return error
  throw error
}

function toRow(
  line: number,
  header: readonly string[],
  cells: readonly string[],
  { numeric }: Columns,
): FileRow {
  if (cells.length !== header.length) {
    const problem = `has ${cells.length} cells`
    return {
      line,
      problems: [{ field: 'row', problem, allowed: `${header.length}, as the header has` }],
      isLast: false,
    }
  }
  const fields = header.flatMap((name, index) => {
    const cell = cells[index] ?? ''
    if (cell === '') return []
    if (!numeric.has(name)) return [[name, unmarkFormula(cell)] as const]
    // What is no number is left as it is: the check of the field says what is allowed.
    return [[name, NUMBER.test(cell) ? Number(cell) : cell] as const]
  })
  return { line, fields: Object.fromEntries(fields) }
}

function findHeaderProblems(
  header: readonly string[],
  { known, required }: Columns,
): readonly ToldProblem[] {
  const unknown = header.filter((name) => !known.includes(name))
  const twice = header.filter((name, index) => header.indexOf(name) !== index)
  const missing = required.filter((name) => !header.includes(name))
  return [
    ...unknown.map((field) => ({
      field: field.slice(0, 64),
      problem: 'is not a known column',
      allowed: `a header of ${known.join(', ')}, with commas between`,
    })),
    ...twice.map((field) => ({ field, problem: 'is there twice', allowed: 'one column' })),
    ...missing.map((field) => ({ field, problem: 'is missing', allowed: 'a column' })),
  ]
}

function countLineEnds(cell: string): number {
  return cell.match(/\r\n|\n/g)?.length ?? 0
}

function describe({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'has a quote here that is not closed'
    case 'CSV_MAX_RECORD_SIZE':
      return 'has too long a row here'
    default:
      return 'has a quote in the wrong place here'
  }
}
