import { type ComparedFigure, compareRuns } from './compare-runs.ts'
import type { RunRecord } from './run-record.ts'

/** On shared hardware two runs of the same differ by so much: what differs less says nothing. */
const NOISE = 0.15

/** The comparison of two runs for a terminal. */
export function describeComparison(first: RunRecord, second: RunRecord): string {
  const { figures, differentConditions } = compareRuns(first, second)
  const rows = [
    ['', 'A', 'B', 'B / A', ''],
    ...figures.map((figure) => [
      figure.what,
      show(figure.first, figure.unit),
      show(figure.second, figure.unit),
      figure.ratio === null ? '' : figure.ratio.toFixed(2),
      judge(figure),
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const lines = rows.map(([what = '', ...cells]) =>
    [
      what.padEnd(widths[0] ?? 0),
      ...cells.map((it, index) => (index === 3 ? it : it.padStart(widths[index + 1] ?? 0))),
    ]
      .join('  ')
      .trimEnd(),
  )
  return [
    ...[
      ['A', first],
      ['B', second],
    ].map(([letter, record]) => describeRun(letter as string, record as RunRecord)),
    '',
    ...lines.map((line) => `  ${line}`),
    '',
    differentConditions.length === 0
      ? '  All conditions are the same.'
      : '  Not the same in both, and so a possible reason:',
    ...differentConditions.map((it) => `    ${it.what}: ${it.first} | ${it.second}`),
    '',
    `  Less than ${NOISE * 100} % is noise on shared hardware. One run each proves little: repeat, and compare medians.`,
    '',
  ].join('\n')
}

function describeRun(letter: string, { name, scenario, workload, verdict }: RunRecord): string {
  return `  ${letter}  ${verdict.passed ? 'PASS' : 'FAIL'}  ${scenario} × ${workload}  ${name}`
}

function show(value: number | null, unit: string): string {
  return value === null ? '–' : `${Math.round(value).toLocaleString('en')} ${unit}`
}

function judge({ ratio, isMoreBetter }: ComparedFigure): string {
  if (ratio === null || Math.abs(ratio - 1) < NOISE) return ''
  return ratio > 1 === isMoreBetter ? 'better' : 'worse'
}
