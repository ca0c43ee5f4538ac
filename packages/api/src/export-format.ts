import { csvLine } from './csv.ts'

/** A form in which all rows of a kind can be had at once. */
export interface ExportFormat<Row> {
  readonly contentType: string
  readonly fileName: string
  /** What comes before the first row. */
  readonly head: string
  readonly row: (row: Row) => string
}

export type ExportMediaType = 'text/csv' | 'application/x-ndjson'

/** @param columns of CSV, in their order; NDJSON has the whole row */
export function exportFormats<Row, Column extends string>(
  name: string,
  toWire: (row: Row) => Readonly<Record<Column, string | number | null>>,
  columns: readonly Column[],
): Readonly<Record<ExportMediaType, ExportFormat<Row>>> {
  return {
    'text/csv': {
      contentType: 'text/csv; charset=utf-8; header=present',
      fileName: `${name}.csv`,
      head: csvLine(columns),
      row(row) {
        const wire = toWire(row)
        return csvLine(columns.map((column) => wire[column]))
      },
    },
    'application/x-ndjson': {
      contentType: 'application/x-ndjson; charset=utf-8',
      fileName: `${name}.ndjson`,
      head: '',
      row: (row) => `${JSON.stringify(toWire(row))}\n`,
    },
  }
}

/** One chunk a page. */
export async function* toExport<Row>(
  format: ExportFormat<Row>,
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  let { head } = format
  for await (const page of pages) {
    yield head + page.map(format.row).join('')
    head = ''
  }
}
