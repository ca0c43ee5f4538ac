import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, expect, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'
import { type LoadRun, pidsOf, startLoad, untilUnderLoad } from './load-run.ts'

beforeAll(async () => {
  await findK6((message) => process.stderr.write(`${message}\n`), new AbortController().signal)
}, 900_000)

it('Ctrl-C in the middle of a burst stops everything that was started, and is exit code 130', {
  timeout: 120_000,
}, async () => {
  const run = startLoad(['burst'])
  await untilUnderLoad(run)
  // The terminal sends it to the whole foreground group: k6 and PostgreSQL get it too.
  process.kill(-(run.child.pid ?? 0), 'SIGINT')
  expect(await run.ended).toBe(130)
  await expectNothingLeft(run)
})

it('SIGTERM to the runner alone does the same, and is exit code 143', {
  timeout: 120_000,
}, async () => {
  const run = startLoad(['burst'])
  await untilUnderLoad(run)
  run.child.kill('SIGTERM')
  expect(await run.ended).toBe(143)
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
  expect(run.output()).not.toContain('VERDICT')
}
