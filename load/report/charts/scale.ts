/** The rectangle that a chart draws its data in, within its picture. */
export const FRAME = { width: 860, height: 240, left: 64, right: 16, top: 14, bottom: 34 } as const

/** Turns a value into a place along one axis. */
export type Scale = (value: number) => number

export function xScale(max: number): Scale {
  const width = FRAME.width - FRAME.left - FRAME.right
  return (value) => FRAME.left + (width * value) / (max || 1)
}

export function yScale(max: number): Scale {
  const height = FRAME.height - FRAME.top - FRAME.bottom
  return (value) => FRAME.height - FRAME.bottom - (height * value) / (max || 1)
}

/** Round numbers from 0 to at least `max`, some five of them: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(max: number): readonly number[] {
  if (!(max > 0)) return [0, 1]
  const rough = max / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((it) => it * power).find((it) => it >= rough) ?? rough
  const ticks = []
  for (let index = 0; index * step < max + step; index += 1) ticks.push(round(index * step))
  return ticks
}

/** Away with the noise of binary fractions: 0.1 × 3 is 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12))
}
