import { escapeHtml } from './escape-html.ts'

/** A cell that is a text is escaped; one that is `html` is taken as it is. */
export type Cell = string | number | { readonly html: string }

/** @param textColumns besides the first, which always is one; all others hold numbers */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  textColumns: readonly number[] = [],
): string {
  const kind = (column: number) => (textColumns.includes(column) ? ' class="text"' : '')
  return `<div class="wide"><table>
<thead><tr>${head.map((it, column) => `<th${kind(column)}>${escapeHtml(it)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((it, column) => `<td${kind(column)}>${renderCell(it)}</td>`).join('')}</tr>`).join('\n')}
</tbody></table></div>`
}

function renderCell(cell: Cell): string {
  if (typeof cell === 'object') return cell.html
  return escapeHtml(typeof cell === 'number' ? cell.toLocaleString('en') : cell)
}
