import { describeFault } from '../chaos/fault.ts'
import { drawLines, type Line } from './charts/lines.ts'
import { drawStackedBars } from './charts/stacked-bars.ts'
import { escapeHtml } from './escape-html.ts'
import { answersPerSecond, grantsPerSecond } from './goodput.ts'
import { LINE_COLORS, OUTCOME_COLORS } from './outcome-colors.ts'
import { OUTCOME_KINDS } from './outcome-kinds.ts'
import type { RunRecord } from './run-record.ts'
import { STYLE } from './style.ts'
import { renderTable } from './table.ts'

/**
 * Renders the report of one run as one HTML page that needs nothing else: the verdict first, then what the target
 * did, then under which conditions.
 */
export function renderReport(record: RunRecord): string {
  const title = `${record.scenario} × ${record.workload}`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${record.verdict.passed ? 'PASS' : 'FAIL'} ${title}`)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(title)} <small class="name">${escapeHtml(record.name)}</small></h1>
${renderVerdict(record)}
${renderNumbers(record)}
${renderCoupons(record)}
<h2>Answers over time</h2>
${renderAnswers(record)}
<h2>Latency by outcome</h2>
${renderLatencies(record)}
${renderFaults(record)}
${renderCpu(record)}
${renderBatches(record)}
<h2>Conditions</h2>
${renderTable(
  ['condition', 'value'],
  Object.entries({
    ...record.conditions,
    seed: String(record.seed),
    protocol: record.protocol === 'graphql' ? 'GraphQL' : 'REST',
    'first attempt': record.startedAt,
  }),
  [1],
)}
</html>
`
}

function renderVerdict({ verdict: { passed, summary, findings } }: RunRecord): string {
  const list = findings.map((it) => `<li>${escapeHtml(it)}</li>`).join('\n')
  return `<p class="verdict ${passed ? 'pass' : 'fail'}"><strong>${passed ? 'PASS' : 'FAIL'}</strong>${escapeHtml(summary)}</p>
${list === '' ? '' : `<ul>${list}</ul>`}`
}

function renderNumbers(record: RunRecord): string {
  const grants = record.outcomes.find(({ outcome }) => outcome === 'granted')?.latencyMs
  const numbers: readonly (readonly [value: string, what: string])[] = [
    [whole(grantsPerSecond(record)), 'grants a second'],
    [whole(answersPerSecond(record)), 'answers a second'],
    [grants === undefined ? '–' : `${whole(grants.p50)} ms`, 'median of grants'],
    [grants === undefined ? '–' : `${whole(grants.p99)} ms`, '99 % of grants within'],
    [`${(record.durationMs / 1_000).toLocaleString('en')} s`, 'of load'],
  ]
  return `<ul class="numbers">${numbers.map(([value, what]) => `<li><b>${value}</b>${what}</li>`).join('')}</ul>`
}

function renderCoupons({ coupons }: RunRecord): string {
  return `<h2>Coupons</h2>
${renderTable(
  ['coupon', 'is', 'limit', 'granted', 'refused', 'in the log'],
  coupons.map(({ code, role, limit, granted, rejected, logged }) => [
    { html: `<code>${escapeHtml(code)}</code>` },
    role,
    limit === 0 ? 'none' : limit,
    granted,
    rejected,
    logged ?? 'not read',
  ]),
  [1],
)}`
}

function renderAnswers(record: RunRecord): string {
  const options = optionsOf(record)
  const present = OUTCOME_KINDS.filter((kind) =>
    record.seconds.some(({ counts }) => (counts[kind] ?? 0) > 0),
  )
  const answers = drawStackedBars(
    { ...options, title: 'Answers in each second, by outcome', unit: 'answers a second' },
    record.seconds.map(({ fromMs, counts }) => ({
      fromSeconds: Math.max(0, fromMs / 1_000),
      toSeconds: Math.min(fromMs / 1_000 + 1, options.durationSeconds),
      parts: present.map((name) => ({
        name,
        color: OUTCOME_COLORS[name],
        value: counts[name] ?? 0,
      })),
    })),
  )
  const lines: readonly Line[] = (['p50Ms', 'p99Ms'] as const).map((which, index) => ({
    name: which === 'p50Ms' ? 'half of all answers within' : '99 % of all answers within',
    color: LINE_COLORS[index] ?? '',
    points: record.seconds.map((it) => ({
      atSeconds: Math.min(Math.max(0, it.fromMs / 1_000 + 0.5), options.durationSeconds),
      value: it[which],
    })),
  }))
  return `${renderLegend(present.map((name) => ({ name, color: OUTCOME_COLORS[name] })))}
${answers}
${renderLegend(lines)}
${drawLines({ ...options, title: 'Latency in each second', unit: 'milliseconds' }, lines)}`
}

function renderLatencies({ outcomes }: RunRecord): string {
  return `${renderTable(
    ['call', 'outcome', 'answers', 'min', 'p50', 'p95', 'p99', 'p99.9', 'max'],
    outcomes.map(({ operation, outcome, count, latencyMs: it }) => [
      operation,
      outcome,
      count,
      ...[it.min, it.p50, it.p95, it.p99, it.p999, it.max],
    ]),
    [1],
  )}
<p class="note">Milliseconds as the caller measured them, whole ones: k6 has no finer clock.</p>`
}

function renderFaults({ faults }: RunRecord): string {
  if (faults.length === 0) return ''
  return `<h2>Faults</h2>
${renderTable(
  ['fault', 'began', 'all was well again'],
  faults.map(({ fault, beganAtMs, endedAtMs }) => [
    describeFault(fault),
    `${(beganAtMs / 1_000).toFixed(1)} s`,
    `${(endedAtMs / 1_000).toFixed(1)} s`,
  ]),
)}`
}

function renderCpu(record: RunRecord): string {
  if (record.cpu.length === 0) return ''
  const lines = record.cpu.map(({ name, meanPercent, samples }, index) => ({
    name: `${name}: ${whole(meanPercent)} % on average`,
    color: LINE_COLORS[index % LINE_COLORS.length] ?? '',
    points: samples
      .filter(({ atMs }) => atMs >= 0 && atMs <= record.durationMs)
      .map(({ atMs, percent }) => ({ atSeconds: atMs / 1_000, value: percent })),
  }))
  return `<h2>CPU</h2>
${renderLegend(lines)}
${drawLines({ ...optionsOf(record), title: 'CPU of each process', unit: '% of one core' }, lines)}
<p class="note">k6 shares the machine with what it measures: where the sum reaches the cores, the target could do more alone.</p>`
}

function renderBatches({ batches }: RunRecord): string {
  if (batches === null) return ''
  const flushes = batches.reduce((sum, it) => sum + it.flushes, 0)
  return `<h2>Batch sizes</h2>
${renderTable(
  ['requests decided in one flush', 'flushes', 'part'],
  batches
    .filter((it) => it.flushes > 0)
    .map((it, index, all) => [
      index === 0 ? `up to ${it.upTo}` : `more than ${all[index - 1]?.upTo}, up to ${it.upTo}`,
      it.flushes,
      `${((100 * it.flushes) / flushes).toFixed(1)} %`,
    ]),
)}
<p class="note">What waits while a flush is under way goes together into the next one: idle means one, busy means many.</p>`
}

function renderLegend(
  entries: readonly { readonly name: string; readonly color: string }[],
): string {
  return `<ul class="legend">${entries.map(({ name, color }) => `<li><i style="background:${color}"></i>${escapeHtml(name)}</li>`).join('')}</ul>`
}

function optionsOf({ durationMs, faults }: RunRecord) {
  return {
    durationSeconds: durationMs / 1_000,
    marks: faults
      .filter(({ beganAtMs }) => beganAtMs <= durationMs)
      .map(({ beganAtMs, fault }) => ({
        atSeconds: beganAtMs / 1_000,
        label: describeFault(fault),
      })),
  }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
