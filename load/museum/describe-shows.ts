import { EXPECTED_RULES } from './expected-rules.ts'
import type { JudgedShow } from './judged-show.ts'

/** One row a race: how often the verdict was as it must be, and why what has the fault fails. */
export function describeShows(shows: readonly JudgedShow[]): string {
  const rows = [...Map.groupBy(shows, ({ race }) => race)].map(([race, ofRace]) => {
    const [wrong, right] = [true, false].map((isFaulty) =>
      ofRace.filter(({ fault }) => (fault !== null) === isFaulty),
    ) as [JudgedShow[], JudgedShow[]]
    return [race, wrong[0]?.strategy ?? '', countOf(wrong), countOf(right), reasonsOf(wrong)]
  })
  const table = [['race', 'strategy', 'FAIL with fault', 'PASS without', 'why it fails'], ...rows]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const complaints = shows.filter(({ isAsExpected }) => !isAsExpected).flatMap(describeComplaint)
  const verdict =
    complaints.length === 0
      ? `MUSEUM PASS: ${shows.length} shows, each judged as it must be`
      : `MUSEUM FAIL: ${complaints.length} of ${shows.length} shows judged otherwise`
  return [...lines, '', ...complaints, verdict, ''].join('\n')
}

function countOf(shows: readonly JudgedShow[]): string {
  return `${shows.filter(({ isAsExpected }) => isAsExpected).length} of ${shows.length}`
}

/** The rule that its fault breaks, or what else was found, with the smallest example. */
function reasonsOf(shows: readonly JudgedShow[]): string {
  const reasons = shows.flatMap(({ race, differences }) => {
    const expected = differences.find(({ rule }) => rule === EXPECTED_RULES[race])
    return expected ?? differences[0] ?? []
  })
  const [first] = reasons.sort((a, b) => a.found.length - b.found.length)
  return first === undefined ? 'nothing' : first.rule
}

function describeComplaint({ race, fault, round, verdict, differences }: JudgedShow): string[] {
  const what = fault === null ? 'without its fault' : `with its fault (${fault})`
  const found = differences.map((it) => `\n    "${it.rule}" does not hold: ${it.found}`).join('')
  return [`  ${race}, ${what}, round ${round}: ${verdict}${found}`]
}
