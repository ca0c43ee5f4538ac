import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, expect, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'
import { type LoadRun, pidsOf, startLoad, untilUnderLoad } from './load-run.ts'

beforeAll(async () => {
  await findK6((message) => process.stderr.write(`${message}\n`), new AbortController().signal)
}, 900_000)

it('Ctrl-C stops the load, finds out what was under way, judges what was done, and is exit code 130', {
  timeout: 180_000,
}, async () => {
  const run = startLoad(['checkout', 'burst'])
  await untilUnderLoad(run)
  // The terminal sends it to the whole foreground group.
  process.kill(-(run.child.pid ?? 0), 'SIGINT')
  expect(await run.ended).toBe(130)
  expect(run.output()).toMatch(/unknown answers {2}[0-9]+: [0-9]+ settled .* 0 still unknown/)
  expect(run.output()).toMatch(
    /VERDICT PASS: [0-9]+ grants, every one right, of a run that was stopped early/,
  )
  await expectNothingLeft(run)
})

it('a second signal stops everything at once, without a verdict', {
  timeout: 180_000,
}, async () => {
  const run = startLoad(['burst'])
  await untilUnderLoad(run)
  run.child.kill('SIGINT')
  await expect.poll(run.output, { timeout: 30_000 }).toContain('Ctrl-C again stops everything')
  run.child.kill('SIGTERM')
  expect(await run.ended).toBe(143)
  expect(run.output()).not.toContain('VERDICT')
  await expectNothingLeft(run)
})

async function expectNothingLeft(run: LoadRun): Promise<void> {
  const pids = pidsOf(run)
  expect([...pids.keys()]).toEqual(['api 1', 'api 2', 'gateway'])
  for (const pid of pids.values()) {
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }))
  }
  const [, port] = /PostgreSQL runs at postgres:\/\/\S+:(\d+)\//.exec(run.output()) ?? []
  const socket = connect(Number(port), '127.0.0.1')
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
}
