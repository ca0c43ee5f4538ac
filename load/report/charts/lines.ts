import { at, type ChartOptions, drawChart } from './frame.ts'

export interface Line {
  readonly name: string
  readonly color: string
  /** A gap where a value is null. */
  readonly points: readonly { readonly atSeconds: number; readonly value: number | null }[]
}

/** Lines over the time of a run. */
export function drawLines(options: Omit<ChartOptions, 'max'>, lines: readonly Line[]): string {
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0))
  return drawChart({ ...options, max: Math.max(0, ...values) }, (x, y) =>
    lines
      .map(({ color, points }) => {
        let isDrawing = false
        const path = points
          .map(({ atSeconds, value }) => {
            if (value === null) {
              isDrawing = false
              return ''
            }
            const place = `${at(x(atSeconds))} ${at(y(value))}`
            // A line of no length has a cap too: a point that stands alone is seen.
            const step = isDrawing ? `L${place}` : `M${place}h0`
            isDrawing = true
            return step
          })
          .join('')
        return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`
      })
      .join('\n'),
  )
}
