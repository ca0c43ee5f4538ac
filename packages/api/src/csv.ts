/**
 * Lines of CSV: every text in quotes, numbers bare, nothing for null, so that an empty text is told from none.
 * A text that a spreadsheet would run as a formula gets an apostrophe in front, which makes it a text there.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** The text without the apostrophe of {@link csvLine}, so that what was exported can be imported as it was. */
export function unmarkFormula(text: string): string {
  return IS_MARKED.test(text) ? text.slice(MARK.length) : text
}

const MARK = "'"
/** Also the full-width signs, which some spreadsheets read like the others. */
const FORMULA_SIGN = '[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]'
/** Also a text that looks marked already: otherwise it would lose its own apostrophe. */
const NEEDS_MARK = new RegExp(`^${MARK}*${FORMULA_SIGN}`)
const IS_MARKED = new RegExp(`^${MARK}+${FORMULA_SIGN}`)

function csvCell(cell: string | number | null): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = NEEDS_MARK.test(cell) ? `${MARK}${cell}` : cell
  return `"${text.replaceAll('"', '""')}"`
}
