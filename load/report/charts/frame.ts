import { escapeHtml } from '../escape-html.ts'
import { FRAME, roundTicks, type Scale, xScale, yScale } from './scale.ts'

/** What every chart over the time of a run is drawn with. */
export interface ChartOptions {
  /** For those who do not see it. */
  readonly title: string
  readonly unit: string
  readonly durationSeconds: number
  /** The highest value. */
  readonly max: number
  /** Moments to mark, with what happened. */
  readonly marks?: readonly { readonly atSeconds: number; readonly label: string }[]
}

/** Draws axes and grid, and the data within. */
export function drawChart(
  { title, unit, durationSeconds, max, marks = [] }: ChartOptions,
  drawData: (x: Scale, y: Scale) => string,
): string {
  const ticks = roundTicks(max)
  const times = roundTicks(durationSeconds).filter((it) => it <= durationSeconds)
  const x = xScale(durationSeconds)
  const y = yScale(ticks.at(-1) ?? 1)
  const { width, height, left, right, top, bottom } = FRAME
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
${ticks.map((it) => `<path class="grid" d="M${left} ${at(y(it))}H${width - right}"/><text x="${left - 8}" y="${at(y(it) + 4)}" text-anchor="end">${it.toLocaleString('en')}</text>`).join('\n')}
${times.map((it) => `<text x="${at(x(it))}" y="${height - bottom + 16}" text-anchor="middle">${it.toLocaleString('en')} s</text>`).join('\n')}
<text x="${left}" y="${height - 4}" class="unit">${escapeHtml(unit)}</text>
${drawData(x, y)}
${marks.map(({ atSeconds, label }) => `<path class="mark" d="M${at(x(atSeconds))} ${top}V${height - bottom}"><title>${escapeHtml(label)}</title></path>`).join('\n')}
</svg>`
}

/** A coordinate, as short as the eye needs it. */
export function at(value: number): string {
  return value.toFixed(1)
}
