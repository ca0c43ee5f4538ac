import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'
import { load, pidsOf, ROOT, startLoad, untilUnderLoad } from './load-run.ts'

// Real k6, real processes, real PostgreSQL: what `pnpm load` does, and what it says.

beforeAll(async () => {
  await findK6((message) => process.stderr.write(`${message}\n`), new AbortController().signal)
}, 900_000)

describe('the verdict', { timeout: 180_000 }, () => {
  it('of a burst on two api processes is PASS: 1, 5, 500, 2500 and 5000 grants, no user twice', async () => {
    const { code, output } = await load(['burst'], {
      // Nobody's tests lend us a server: this one is not even there.
      TEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    })
    expect(output).toContain('VERDICT PASS: 8006 grants, every one right')
    expect(code).toBe(0)
    // 300 tries of 100 users on a coupon limited to 5.
    expect(output).toMatch(/few +5 +100 +300 +5 +295 +0 +5\n/)
    // 2000 tries of 500 users on a coupon limited to 4000.
    expect(output).toMatch(/by-user +4000 +500 +2000 +500 +1500 +0 +500\n/)
    // It leaves its report and its summary.
    const [, report = ''] = /report +(\S+report\.html)/.exec(output) ?? []
    const [, summary = ''] = /summary +(\S+summary\.json)/.exec(output) ?? []
    expect(await readFile(join(ROOT, report), 'utf8')).toContain('<html')
    expect(JSON.parse(await readFile(join(ROOT, summary), 'utf8'))).toMatchObject({
      metrics: { coupon_granted: { values: { count: 8006 } } },
    })
  })

  it('of a run in which a process ended is FAIL, and names it', async () => {
    const run = startLoad(['smoke'])
    await untilUnderLoad(run)
    process.kill(pidsOf(run).get('api 2') ?? 0, 'SIGKILL')
    expect(await run.ended).toBe(1)
    expect(run.output()).toContain('api 2 ended during the run, with a signal. It wrote nothing.')
    expect(run.output()).toMatch(/VERDICT FAIL: .*api 2 ended during the run/)
  })
})
