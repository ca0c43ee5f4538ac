import { describeComparison } from '../report/describe-comparison.ts'
import { readRecord } from '../report/read-record.ts'
import { describePlan } from './describe-plan.ts'
import { describeVerdict } from './describe-verdict.ts'
import { LoadOptionsError, ownEndpoint, readLoadOptions } from './load-options.ts'
import { makePlan } from './make-plan.ts'
import { describeMatrix, hasMatrixPassed, runMatrix } from './matrix.ts'
import { runLoad } from './run-load.ts'
import { listing, usage } from './usage.ts'

/** By what the shell calls a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const interruption = new AbortController()
let stopLoad: (() => void) | undefined
let interruptedCode: number | undefined

for (const [signal, code] of Object.entries(EXIT_CODES)) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      // Who asks again does not want to wait: the services go by themselves, when we are gone.
      process.exit(code)
    }
    const isFirst = interruptedCode === undefined
    interruptedCode = code
    if (signal === 'SIGINT' && isFirst && stopLoad !== undefined) {
      say(
        'Ctrl-C: the load is stopped, and what was done is verified. Ctrl-C again stops everything',
      )
      stopLoad()
      return
    }
    say(`${signal}: stopping what was started …`)
    interruption.abort()
  })
}

const context = {
  signal: interruption.signal,
  onProgress: say,
  onLoad: (stop: (() => void) | undefined) => {
    stopLoad = stop
  },
}

const exitCode = await main(process.argv.slice(2))
// A verdict that is FAIL says more than that somebody stopped the run.
process.exit(exitCode === 1 ? exitCode : (interruptedCode ?? exitCode))

/** @returns 0 when the verdict is PASS, 1 when it is FAIL, 2 when there is none */
async function main(argv: readonly string[]): Promise<number> {
  try {
    if (argv[0] === 'compare') {
      process.stdout.write(await compare(argv.slice(1)))
      return 0
    }
    if (argv[0] === 'museum') {
      const museum = await import('../museum/main.ts')
      return await museum.main(argv.slice(1), interruption.signal)
    }
    if (argv[0] === 'crash' || argv[0] === 'profile') {
      // Nothing of theirs is worth finishing: servers and data go with this process, services when it is gone.
      interruption.signal.addEventListener('abort', () => process.exit(interruptedCode))
      const command =
        argv[0] === 'crash' ? import('../crash/main.ts') : import('../profile/main.ts')
      return await (await command).main(argv.slice(1))
    }
    // biome-ignore lint/style/noProcessEnv: the one place where the key of a target is read
    const options = readLoadOptions(argv, process.env)
    switch (options.command) {
      case 'help':
        process.stdout.write(usage())
        return 0
      case 'list':
        process.stdout.write(listing())
        return 0
      case 'dry-run': {
        const { target } = options
        const endpoint =
          target.kind === 'running' ? target.endpoint : ownEndpoint(target.protocol, [])
        process.stdout.write(describePlan(makePlan(options, endpoint)))
        return 0
      }
      case 'matrix': {
        const cells = await runMatrix(options, context)
        process.stdout.write(describeMatrix(cells))
        return hasMatrixPassed(cells) ? 0 : 1
      }
      case 'run': {
        const verdict = await runLoad(options, context)
        process.stdout.write(describeVerdict(verdict))
        return verdict.passed ? 0 : 1
      }
      default:
        throw new Error(`no such command: ${options.command satisfies never}`)
    }
  } catch (error) {
    if (error instanceof LoadOptionsError) {
      // All of the options would push what is wrong out of sight.
      process.stderr.write(
        argv.length === 0
          ? `${error.message}\n\n${usage()}`
          : `load: ${error.message}\n\npnpm load --help shows all options, --list the scenarios and workloads.\n`,
      )
    } else if (!interruption.signal.aborted) {
      say(error instanceof Error ? error.message : String(error))
    }
    return 2
  }
}

async function compare(paths: readonly string[]): Promise<string> {
  const [first, second, ...rest] = paths
  if (first === undefined || second === undefined || rest.length > 0) {
    throw new LoadOptionsError(
      `compare must be told two runs by their results folders, got ${paths.join(' ') || 'nothing'}`,
    )
  }
  return describeComparison(await readRecord(first), await readRecord(second))
}

function say(message: string): void {
  process.stderr.write(`load: ${message}\n`)
}
