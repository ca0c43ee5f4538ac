import { parseArgs } from 'node:util'
import { describeShows } from './describe-shows.ts'
import { type JudgedShow, judgeShow } from './judged-show.ts'
import { recordShows } from './record-shows.ts'

const USAGE = `Usage: pnpm load museum [--times N] [--only TEXT]

Shows each race of the core's museum for real, with the strategy that has its fault and with the one that has not, and
judges what callers were told as a load run is judged: what has a fault must FAIL for the right reason, what has none
must PASS, each time.

  --times N    how often each is shown, 20 unless given
  --only TEXT  the races whose names have this text
  --help       this text
`

/**
 * `pnpm load museum`.
 * @returns 0 when the verdict on every show is the right one, 1 when one is not, 2 when it was told something wrong
 */
export async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      times: { type: 'string', default: '20' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const times = Number(values.times)
  if (!(Number.isInteger(times) && times >= 1)) {
    process.stderr.write(`--times must be an integer from 1, got ${values.times}\n\n${USAGE}`)
    return 2
  }
  const shows: JudgedShow[] = []
  const { only } = values
  for await (const recorded of recordShows({ times, only, serverUrl: undefined, signal })) {
    const show = judgeShow(recorded)
    shows.push(show)
    const what = show.fault === null ? 'without its fault' : 'with its fault'
    process.stderr.write(`load: ${show.verdict} of ${show.race}, ${what}, round ${show.round}\n`)
  }
  process.stdout.write(describeShows(shows))
  return shows.length > 0 && shows.every(({ isAsExpected }) => isAsExpected) ? 0 : 1
}
