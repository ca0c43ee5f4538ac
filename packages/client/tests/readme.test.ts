import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openUpstream } from './client-under-test.ts'
import { type Behaviour, done, rejected, WIRE_COUPON } from './misbehaving-upstream.ts'

// Inside the package, so that it finds the package by its name; git ignores it.
const PROGRAM = new URL('../.reports/readme-example.ts', import.meta.url)

/** Runs an example of the README as its own process, against an upstream that does as told. */
async function runExample(
  behaviour: Behaviour,
  { naming = '', changes = {} }: { naming?: string; changes?: Record<string, string> } = {},
): Promise<string> {
  const upstream = await openUpstream(behaviour)
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const programs = [...readme.matchAll(/```ts\n(.+?)```/gs)].map(([, program = '']) => program)
  let program = programs.find((it) => it.includes(naming)) ?? ''
  for (const [from, to] of Object.entries(changes)) program = program.replace(from, to)
  await mkdir(new URL('.', PROGRAM), { recursive: true })
  await writeFile(PROGRAM, program.replace('http://127.0.0.1:4001', upstream.url))
  // It ends by itself only if the closed client holds nothing open.
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM.pathname])
  return stdout
}

describe('the example of the README', () => {
  it('redeems, and ends', async () => {
    expect(await runExample(done({ redemptionId: 'r-1', remaining: 4 }))).toBe('redeemed, 4 left\n')
  })

  it('says why a coupon was not redeemed', async () => {
    expect(await runExample(rejected(1004, 'EXHAUSTED'))).toBe('not redeemed: EXHAUSTED\n')
  })

  it('of the hosted profile redeems once, answers the repeat from its journal, and ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-readme-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const usable = done({ ...WIRE_COUPON, cpnNo: 'WELCOME10', useLimit: 0, onsiteYn: 'N' })
    const hosted: Behaviour = (response, request) =>
      (request.method === 'GET' ? usable : done())(response, request)
    expect(
      await runExample(hosted, {
        naming: 'openJournalDatabase',
        changes: { '.data/journal': `${folder}/journal` },
      }),
    ).toBe('redeemed, replayed: false\nredeemed, replayed: true\n')
    // A new embedded database takes seconds of CPU to make.
  }, 180_000)
})
