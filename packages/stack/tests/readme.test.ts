import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
const withoutIdsAndTimes = (text: string) =>
  text
    .replaceAll(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"id"')
    .replaceAll(/"\d{4}-\d\d-\d\d[T ][\d:.]+Z?"/g, '"time"')

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  csv: (text) => text.trim().split(/\r?\n/),
}

it('the curls of the README give the answers that are printed below them', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const examples = [...readme.matchAll(/```sh\n(curl [^`]+)```\s+```(json|csv)\n([^`]+)```/g)]
  expect(examples.length).toBeGreaterThanOrEqual(6)
  // One example may write a file into `.data` that another one reads.
  const cwd = await mkdtemp(join(tmpdir(), 'coupon-gateway-readme-'))
  await mkdir(join(cwd, '.data'))
  try {
    for (const [, command = '', form = '', answer = ''] of examples) {
      const here = command
        .replaceAll('127.0.0.1:4000', `127.0.0.1:${place.gatewayPort}`)
        .replaceAll('127.0.0.1:4001', `127.0.0.1:${place.apiPort}`)
      const { stdout } = await promisify(execFile)('bash', ['-c', here], { cwd })
      const read = (text: string) => READERS[form]?.(withoutIdsAndTimes(text))
      expect(read(stdout), command).toEqual(read(answer))
    }
  } finally {
    await rm(cwd, { recursive: true })
  }
})
