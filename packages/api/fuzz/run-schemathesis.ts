import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Report, readReport } from './report.ts'

const HOOKS = fileURLToPath(new URL('hooks.py', import.meta.url))
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url))

export interface FuzzOptions {
  /** Base URL of the api, which has the demo data. */
  readonly url: string
  /** Random cases of each call, besides those of the examples, the edges and the stateful phase. */
  readonly casesPerCall: number
  /** The same seed makes the same cases; the answers depend on what came before. */
  readonly seed: number
  /** Sequences of calls alone, without the phases of single calls. */
  readonly statefulOnly?: boolean
}

export interface FuzzResult {
  /** No 5xx, and no answer beside the document. */
  readonly passed: boolean
  readonly report: Report
  /** What schemathesis printed: each failure, with a curl that repeats it. */
  readonly output: string
}

/** Runs schemathesis with all its phases over a running api and the document that it serves. */
export async function runSchemathesis(
  program: string,
  { url, casesPerCall, seed, statefulOnly = false }: FuzzOptions,
  onOutput: (chunk: string) => void = () => {},
): Promise<FuzzResult> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-fuzz-'))
  const reportFile = join(folder, 'report.json')
  const successesFile = join(folder, 'successes.json')
  try {
    const child = spawn(
      program,
      [
        ...['--config-file', CONFIG, 'run', `${url}/openapi.json`, '--no-color'],
        ...['--max-examples', String(casesPerCall), '--seed', String(seed)],
        ...(statefulOnly ? ['--phases', 'stateful'] : []),
        ...['--report', 'json', '--report-json-path', reportFile],
      ],
      // It keeps its database of examples where it runs.
      {
        cwd: folder,
        env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS, FUZZ_SUCCESSES: successesFile },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
        onOutput(chunk)
      })
    }
    const [exitCode] = await once(child, 'close')
    return { passed: exitCode === 0, report: await readReport(reportFile, successesFile), output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
