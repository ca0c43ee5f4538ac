import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Endpoint } from '../plan.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import { WORKLOADS } from '../workloads/index.ts'

/** A call of `pnpm load` that asks for what there is not. The message names it and says what is allowed. */
export class LoadOptionsError extends Error {
  override readonly name = 'LoadOptionsError'
}

/** What a run is aimed at. */
export type TargetOptions =
  /** Services of the run's own, over a database of its own or a given one. */
  | {
      readonly kind: 'own'
      readonly protocol: Endpoint['protocol']
      readonly database: 'postgres' | 'embedded' | { readonly url: string }
    }
  /** Something that runs already. Where its database is not given, nobody can look into it. */
  | { readonly kind: 'running'; readonly endpoint: Endpoint; readonly databaseUrl: string | null }

export interface LoadOptions {
  readonly command: 'run' | 'dry-run' | 'matrix' | 'list' | 'help'
  readonly scenario: string
  readonly workload: string
  readonly target: TargetOptions
  readonly seed: number
  /** How long the load takes; the workload's own time unless given. */
  readonly seconds: number | undefined
  /** The highest rate of a workload that goes by the clock, in attempts a second. */
  readonly rate: number | undefined
  /** The 99th percentile of a second's answers above which the target counts as broken. */
  readonly sloMs: number
  /** On CI nothing may be left out because something is not installed. */
  readonly isSecondOpinionRequired: boolean
  /** Scenarios and workloads of a matrix; of neither named, all. */
  readonly only: { readonly scenarios: readonly string[]; readonly workloads: readonly string[] }
}

const DEFAULT_SLO_MS = 250

/** In the demo, which the run's own services have: the keys without rate limits. */
const DEMO_KEYS = { graphql: 'sk_demo', rest: 'demo_personal_key' } as const

const PROTOCOLS = { gateway: 'graphql', api: 'rest' } as const

/** @throws LoadOptionsError */
export function readLoadOptions(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): LoadOptions {
  const { values, positionals } = parse(argv)
  const isMatrix = positionals[0] === 'matrix'
  if (values.only !== undefined && !isMatrix) {
    throw new LoadOptionsError('--only is for the matrix: it says which of its runs are made')
  }
  const common = {
    target: readTarget(values, environment),
    seed: values.seed === undefined ? randomInt(2 ** 31) : readSeed(values.seed),
    seconds: values.duration === undefined ? undefined : readDuration(values.duration),
    rate: values.rate === undefined ? undefined : readPositive('--rate', values.rate),
    only: readOnly(values.only),
    isSecondOpinionRequired: environment.CI !== undefined,
    sloMs:
      values['slo-ms'] === undefined ? DEFAULT_SLO_MS : readPositive('--slo-ms', values['slo-ms']),
  }
  if (values.help || values.list || isMatrix) {
    if (isMatrix && positionals.length > 1) {
      throw new LoadOptionsError(
        `matrix runs all there is, got also ${positionals.slice(1).join(' ')}`,
      )
    }
    const command = values.help ? 'help' : values.list ? 'list' : 'matrix'
    return { ...common, command, scenario: '', workload: '' }
  }
  const what = readWhat(positionals)
  if (WORKLOADS[what.workload]?.chaos !== null && common.target.kind === 'running') {
    throw new LoadOptionsError(
      `${what.workload} cannot be run with --url: what is not started by the run is not its to break`,
    )
  }
  return { ...common, command: values['dry-run'] ? 'dry-run' : 'run', ...what }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        target: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
        'database-url': { type: 'string' },
        embedded: { type: 'boolean' },
        duration: { type: 'string' },
        rate: { type: 'string' },
        seed: { type: 'string' },
        'slo-ms': { type: 'string' },
        only: { type: 'string' },
        'dry-run': { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new LoadOptionsError(error instanceof Error ? error.message : String(error))
  }
}

type Values = ReturnType<typeof parse>['values']

/** A scenario and a workload; a workload alone is of `redeem`. */
function readWhat(positionals: readonly string[]): { scenario: string; workload: string } {
  const [first = '', second] = positionals
  const [scenario, workload] = second === undefined ? ['redeem', first] : [first, second]
  if (positionals.length > 2) {
    throw new LoadOptionsError(`expected a scenario and a workload, got ${positionals.join(' ')}`)
  }
  requireOneOf('scenario', SCENARIOS, scenario)
  requireOneOf('workload', WORKLOADS, workload)
  return { scenario, workload }
}

/** Names of scenarios and workloads, mixed. */
function readOnly(text: string | undefined): LoadOptions['only'] {
  const names = text?.split(',') ?? []
  for (const name of names) requireOneOf('--only', { ...SCENARIOS, ...WORKLOADS }, name)
  const namedOf = (there: Readonly<Record<string, unknown>>) => {
    const named = names.filter((name) => Object.hasOwn(there, name))
    return named.length === 0 ? Object.keys(there) : named
  }
  return { scenarios: namedOf(SCENARIOS), workloads: namedOf(WORKLOADS) }
}

function requireOneOf(what: string, there: Readonly<Record<string, unknown>>, name: string): void {
  if (Object.hasOwn(there, name)) return
  throw new LoadOptionsError(
    `${what} must be one of ${Object.keys(there).join(', ')}, got ${name || 'nothing'}`,
  )
}

function readTarget(
  values: Values,
  environment: Readonly<Record<string, string | undefined>>,
): TargetOptions {
  const name = values.target ?? 'gateway'
  requireOneOf('--target', PROTOCOLS, name)
  const protocol = PROTOCOLS[name as keyof typeof PROTOCOLS]
  const databaseUrl = values['database-url']
  if (databaseUrl !== undefined && values.embedded) {
    throw new LoadOptionsError('--database-url and --embedded name two databases: give one')
  }
  if (values.url === undefined) {
    if (values.key !== undefined) {
      throw new LoadOptionsError(
        '--key is for --url: the run’s own services have the keys of the demo',
      )
    }
    const database = databaseUrl === undefined ? 'postgres' : { url: databaseUrl }
    return { kind: 'own', protocol, database: values.embedded ? 'embedded' : database }
  }
  if (values.embedded) {
    throw new LoadOptionsError(
      '--embedded is for services of the run’s own, and --url names one that runs',
    )
  }
  return {
    kind: 'running',
    endpoint: {
      protocol,
      url: readUrl(values.url, protocol),
      key: values.key ?? environment.LOAD_KEY ?? DEMO_KEYS[protocol],
    },
    databaseUrl: databaseUrl ?? null,
  }
}

/** Of a gateway the GraphQL endpoint, of an api the base URL; both may be given as the other. */
function readUrl(text: string, protocol: Endpoint['protocol']): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new LoadOptionsError(`--url must be an http or https URL, got ${text}`)
  }
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  if (protocol === 'rest') return base
  return base === url.origin ? `${base}/graphql` : base
}

function readPositive(option: string, text: string): number {
  const value = Number(text)
  if (!(Number.isFinite(value) && value > 0)) {
    throw new LoadOptionsError(`${option} must be a number above 0, got ${text}`)
  }
  return value
}

function readSeed(text: string): number {
  if (!/^[0-9]{1,10}$/.test(text)) {
    throw new LoadOptionsError(`--seed must be a whole number from 0 to 9999999999, got ${text}`)
  }
  return Number(text)
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const

function readDuration(text: string): number {
  const [, number = '', unit = ''] = /^([0-9]+(?:\.[0-9]+)?)([smh])$/.exec(text) ?? []
  const seconds = Number(number) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN)
  if (!(seconds > 0)) {
    throw new LoadOptionsError(`--duration must be a time such as 30s, 5m or 1h, got ${text}`)
  }
  return seconds
}

/** The endpoint of services of the run's own, by their base URLs. */
export function ownEndpoint(
  protocol: Endpoint['protocol'],
  [url = '', ...replicas]: readonly string[],
): Endpoint {
  return {
    protocol,
    url: protocol === 'graphql' ? `${url}/graphql` : url,
    replicas,
    key: DEMO_KEYS[protocol],
  }
}
