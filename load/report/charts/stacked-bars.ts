import { escapeHtml } from '../escape-html.ts'
import { at, type ChartOptions, drawChart } from './frame.ts'

/** What one bar is made of, from the bottom up. */
export interface StackedBar {
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly parts: readonly {
    readonly name: string
    readonly color: string
    readonly value: number
  }[]
}

/** Bars over the time of a run, one kind on top of the other. */
export function drawStackedBars(
  options: Omit<ChartOptions, 'max'>,
  bars: readonly StackedBar[],
): string {
  const heightOf = ({ parts }: StackedBar) => parts.reduce((sum, { value }) => sum + value, 0)
  const max = Math.max(0, ...bars.map(heightOf))
  return drawChart({ ...options, max }, (x, y) =>
    bars
      .map((bar) => {
        const from = x(bar.fromSeconds)
        const width = Math.max(x(bar.toSeconds) - from - 1, 0.5)
        let below = 0
        return bar.parts
          .filter(({ value }) => value > 0)
          .map(({ name, color, value }) => {
            const bottom = y(below)
            below += value
            return `<rect x="${at(from)}" y="${at(y(below))}" width="${at(width)}" height="${at(bottom - y(below))}" fill="${color}"><title>${escapeHtml(`${name}: ${value.toLocaleString('en')}`)}</title></rect>`
          })
          .join('')
      })
      .join('\n'),
  )
}
