import type { Redemption } from '@coupon-gateway/core'
import { csvLine } from './csv.ts'
import { toWireRedemption } from './redemption-fields.ts'

/** A form in which all of the log can be had at once. */
export interface ExportFormat {
  readonly contentType: string
  readonly fileName: string
  /** What comes before the first row. */
  readonly head: string
  readonly row: (redemption: Redemption) => string
}

const COLUMNS = [
  'redemptionId',
  'cpnNo',
  'cpnId',
  'status',
  'ordinal',
  'userId',
  'memo',
  'idempotencyKey',
  'takenAt',
  'redeemedAt',
  'expiresAt',
  'endedAt',
  'rollbackReason',
] as const satisfies readonly (keyof ReturnType<typeof toWireRedemption>)[]

export const EXPORT_FORMATS = {
  'text/csv': {
    contentType: 'text/csv; charset=utf-8; header=present',
    fileName: 'redemptions.csv',
    head: csvLine(COLUMNS),
    row(redemption) {
      const wire = toWireRedemption(redemption)
      return csvLine(COLUMNS.map((column) => wire[column]))
    },
  },
  'application/x-ndjson': {
    contentType: 'application/x-ndjson; charset=utf-8',
    fileName: 'redemptions.ndjson',
    head: '',
    row: (redemption) => `${JSON.stringify(toWireRedemption(redemption))}\n`,
  },
} as const satisfies Record<string, ExportFormat>

/** One chunk a page. */
export async function* toExport(
  format: ExportFormat,
  pages: AsyncIterable<readonly Redemption[]>,
): AsyncGenerator<string, void, undefined> {
  let { head } = format
  for await (const page of pages) {
    yield head + page.map(format.row).join('')
    head = ''
  }
}
