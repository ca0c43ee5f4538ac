import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '@coupon-gateway/test-postgres'
import { isGrant } from '../bench/callers.ts'
import { closedLoad } from '../bench/closed-load.ts'
import { CpuMeter } from '../bench/cpu-meter.ts'
import { startSubject } from '../bench/subject.ts'
import { type CpuProfile, tallyProfile } from './tally-profile.ts'

const USAGE = `Usage: pnpm load profile [options]

Says where the CPU of a redemption goes: one gateway, one api, PostgreSQL, redemptions of one coupon through GraphQL,
with V8's profiler in both services. A stage is a package. What a process took is the system's count, and its stages are
parts of that: the profiler counts time that passes, also while another process has the core.

Options
  --calls N      redemptions that are measured, 20000 unless given; a quarter as many warm up before
  --callers N    callers at once, 256 unless given
  --keep FOLDER  keeps the .cpuprofile files there, for the tools of a browser
  --help         this text
`
/** Stages that take less are summed up. */
const SHOWN_MICROSECONDS = 1.5

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      calls: { type: 'string', default: '20000' },
      callers: { type: 'string', default: '256' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const calls = Number(values.calls)
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'coupon-gateway-profile-')))
  const server = await startPostgres()
  try {
    const subject = await startSubject('ours', server.url, {
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}`,
    })
    const measured = await measure(subject, calls, Number(values.callers)).finally(subject.stop)
    process.stdout.write(
      `\n${calls} redemptions, ${values.callers} callers, ${measured.goodput.toFixed(0)}/s with the profiler. Microseconds of CPU for each:\n\n| process | stage | µs |\n| --- | --- | ---: |\n`,
    )
    for (const [name, microseconds] of Object.entries(measured.cpu)) {
      const each = microseconds / calls
      print(name, 'all', each)
      const profile = await findProfile(folder, subject.pids[name])
      if (profile !== undefined) printStages(name, profile, measured.span, each)
    }
  } finally {
    await server.stop()
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true })
  }
  return 0
}

async function measure(
  subject: Awaited<ReturnType<typeof startSubject>>,
  calls: number,
  callers: number,
) {
  const code = await subject.create(1_000_000_000)
  const redeem = (from: number, total: number) =>
    closedLoad(subject.endpoint, {
      callers,
      calls: total,
      isRight: isGrant,
      callOf: (n) => ({
        coupon: code,
        operation: 'redeem',
        user: `user-${from + n}`,
        key: `profile-${from + n}`,
      }),
    })
  const warmUp = Math.ceil(calls / 4)
  await redeem(0, warmUp)
  const meter = new CpuMeter(subject.pids)
  const from = monotonicMicroseconds()
  const { goodput } = await redeem(warmUp, calls)
  const to = monotonicMicroseconds()
  return { goodput, cpu: meter.stop(), span: { from, to } }
}

/** The clock of V8's profiles, which all processes of a machine share. */
function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** V8 puts the process's id into the name: `CPU.<date>.<time>.<pid>.<thread>.<number>.cpuprofile`. */
async function findProfile(folder: string, pid = 0): Promise<CpuProfile | undefined> {
  const names = await readdir(folder)
  const name = names.find((it) => it.endsWith('.cpuprofile') && it.split('.')[3] === String(pid))
  return name === undefined
    ? undefined
    : (JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile)
}

function printStages(
  name: string,
  profile: CpuProfile,
  { from, to }: { readonly from: number; readonly to: number },
  all: number,
): void {
  const span = { from: from - profile.startTime, to: to - profile.startTime }
  const tally = [...tallyProfile(profile, span)]
  const total = tally.reduce((sum, [, microseconds]) => sum + microseconds, 0)
  const stages = tally
    .map(([stage, microseconds]) => ({ stage, each: (all * microseconds) / total }))
    .sort((a, b) => b.each - a.each)
  for (const { stage, each } of stages) if (each >= SHOWN_MICROSECONDS) print(name, stage, each)
  const rest = stages.filter(({ each }) => each < SHOWN_MICROSECONDS)
  print(
    name,
    'the rest',
    rest.reduce((sum, { each }) => sum + each, 0),
  )
}

function print(process_: string, stage: string, microseconds: number): void {
  process.stdout.write(`| ${process_} | ${stage} | ${microseconds.toFixed(1)} |\n`)
}
