import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeStackPlace, type StackPlace, untilReady } from './stack-under-test.ts'

let place: StackPlace
beforeAll(async () => {
  place = await makeStackPlace()
  await untilReady(place.start())
})
afterAll(() => place.remove())

/** What differs from run to run. */
const withoutIdsAndTimes = (json: string) =>
  JSON.parse(
    json
      .replaceAll(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"id"')
      .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"time"'),
  )

it('the curls of the README give the answers that are printed below them', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const examples = [...readme.matchAll(/```sh\n(curl [^`]+)```\s+```json\n([^`]+)```/g)]
  expect(examples.length).toBeGreaterThanOrEqual(6)
  for (const [, command = '', answer = ''] of examples) {
    const here = command
      .replaceAll('127.0.0.1:4000', `127.0.0.1:${place.gatewayPort}`)
      .replaceAll('127.0.0.1:4001', `127.0.0.1:${place.apiPort}`)
    const { stdout } = await promisify(execFile)('bash', ['-c', here])
    expect(withoutIdsAndTimes(stdout)).toEqual(withoutIdsAndTimes(answer))
  }
})
