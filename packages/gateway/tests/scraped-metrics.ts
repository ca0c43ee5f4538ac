/** Metrics as Prometheus scrapes them. */
export interface ScrapedMetrics {
  /** Of every metric, its labels; of one without a sample none are known. */
  readonly labelsOf: ReadonlyMap<string, ReadonlySet<string>>
  /** The sum of the samples of a series whose labels are those and maybe others; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/
const LABEL = /(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g

/** Reads the text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function readMetrics(...texts: readonly string[]): ScrapedMetrics {
  const lines = texts.flatMap((text) => text.split('\n'))
  const names = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? [])
  const samples: Sample[] = lines.flatMap((line) => {
    const { name, labels = '', value } = SAMPLE.exec(line)?.groups ?? {}
    if (name === undefined) return []
    const pairs = [...labels.matchAll(LABEL)].map(({ groups }) => [groups?.name, groups?.value])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
  const labelsOf = new Map(names.map((name) => [name, new Set<string>()]))
  for (const { name, labels } of samples) {
    const known = labelsOf.get(name) ?? labelsOf.get(name.replace(/_(bucket|sum|count)$/, ''))
    if (known === undefined) throw new Error(`the sample ${name} belongs to no metric`)
    for (const label of Object.keys(labels)) known.add(label)
  }
  return {
    labelsOf,
    value(name, wanted = {}) {
      const found = samples.filter(
        (it) =>
          it.name === name &&
          Object.entries(wanted).every(([label, value]) => it.labels[label] === value),
      )
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
    },
  }
}

export async function scrape(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  if (!response.ok) throw new Error(`the metrics were answered with ${response.status}`)
  return response.text()
}
