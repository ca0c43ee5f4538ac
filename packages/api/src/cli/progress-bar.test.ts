import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { describeProgress, startProgressBar } from './progress-bar.ts'

const terminal = (isTTY: boolean) =>
  Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY }) as unknown as NodeJS.WriteStream

it('where nobody watches, nothing is written', () => {
  const stderr = terminal(false)
  const bar = startProgressBar({ stderr }, 'codes', 10)
  bar.advance(5)
  bar.end()
  expect(stderr.read()).toBeNull()
})

it('on a terminal it is drawn on one line, and taken away at the end', () => {
  const stderr = terminal(true)
  const bar = startProgressBar({ stderr }, 'codes', 1_000_000)
  bar.advance(500_000)
  bar.end()
  const written = String(stderr.read())
  expect(written).toContain('50 %  500,000 of 1,000,000 codes')
  expect(written).not.toContain('\n')
  expect(written.endsWith('\r\x1b[K')).toBe(true)
})

it.each([
  [0, 0, '█'.repeat(30)],
  [0, 10, '░'.repeat(30)],
  [20, 10, '100 %'],
])('%i of %i is drawn without breaking', (done, total, part) => {
  expect(describeProgress('rows', done, total)).toContain(part)
})

it('without a total it counts', () => {
  expect(describeProgress('rows', 1_234)).toBe('1,234 rows')
})
