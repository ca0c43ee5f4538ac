import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'

const DASHBOARD = new URL('../../../docs/observability/grafana-dashboard.json', import.meta.url)

interface Panel {
  readonly title: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string }[]
}

export interface DashboardQuery {
  readonly panel: string
  /** PromQL, with a value in the place of each variable of Grafana. */
  readonly expression: string
}

/** Every query of the dashboard. @throws Error a panel without one */
export function queriesOfDashboard(): readonly DashboardQuery[] {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { panels: readonly Panel[] }
  return panels
    .filter(({ type }) => type !== 'row')
    .flatMap(({ title, targets = [] }) => {
      if (targets.length === 0) throw new Error(`the panel ${title} asks for nothing`)
      return targets.map(({ expr }) => ({
        panel: title,
        expression: expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'),
      }))
    })
}

/** What Prometheus itself adds to every series, and what is in every bucket of a histogram. */
const LABELS_OF_ALL = ['job', 'instance', 'worker']

/** What of an expression is not there: it is no PromQL, or names a metric or a label that nobody has. */
export function findUnknownNames(
  expression: string,
  labelsOf: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const problems: string[] = []
  /** Of all metrics that the expression names. */
  const known = new Set([...LABELS_OF_ALL, 'le'])
  const asked: string[] = []
  let isBroken = false
  let metric = ''
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to)
      if (node.type.isError) isBroken = true
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        metric = text
        const labels = labelsOf.get(text) ?? labelsOf.get(text.replace(/_(bucket|sum|count)$/, ''))
        if (labels === undefined) problems.push(`there is no metric ${text}`)
        for (const label of labels ?? []) known.add(label)
      }
      if (node.name !== 'LabelName') return
      if (node.node.parent?.name === 'GroupingLabels') {
        asked.push(text)
        return
      }
      const labels =
        labelsOf.get(metric) ?? labelsOf.get(metric.replace(/_(bucket|sum|count)$/, ''))
      if (!labels?.has(text) && !LABELS_OF_ALL.includes(text) && text !== 'le') {
        problems.push(`${metric} has no label ${text}`)
      }
    },
  })
  if (isBroken) return ['it is no PromQL']
  for (const label of asked) {
    if (!known.has(label)) problems.push(`no metric of it has the label ${label}`)
  }
  return problems
}
