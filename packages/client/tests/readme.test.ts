import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openUpstream } from './client-under-test.ts'
import { type Behaviour, done, rejected } from './misbehaving-upstream.ts'

// Inside the package, so that it finds the package by its name; git ignores it.
const PROGRAM = new URL('../.reports/readme-example.ts', import.meta.url)

/** Runs the example of the README as its own process, against an upstream that does as told. */
async function runExample(behaviour: Behaviour): Promise<string> {
  const upstream = await openUpstream(behaviour)
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const program = /```ts\n(.+?)```/s.exec(readme)?.[1] ?? ''
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
})
