import { beforeAll, expect, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'
import { load } from './load-run.ts'

// Every scenario, for real, over both databases: real k6, real processes.

beforeAll(async () => {
  await findK6((message) => process.stderr.write(`${message}\n`), new AbortController().signal)
}, 900_000)

it.each<[string, readonly string[]]>([
  ['GraphQL, two api processes and PostgreSQL', []],
  ['REST, one api process and PGlite', ['--target', 'api', '--embedded']],
])('every scenario is right over %s', { timeout: 300_000 }, async (_what, options) => {
  const { code, output } = await load([
    'matrix',
    ...['--only', 'smoke'],
    ...['--duration', '0.5s'],
    ...['--seed', '1'],
    ...options,
  ])
  expect(output).toContain('MATRIX PASS: 10 of 10 runs are right')
  expect(code).toBe(0)
})
