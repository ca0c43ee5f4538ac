import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ERROR_SYMBOLS } from '../src/index.ts'

it('the README lists every error with its code and its HTTP status, and no other', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| +(\d{4}) +\| +([A-Z_]+) +\| +(\d{3}) +\|$/gm)].map(
    ([, code, error, status]) => [error, Number(code), Number(status)],
  )
  expect(listed).toEqual(
    Object.entries(ERROR_SYMBOLS).map(([error, { code, status }]) => [error, code, status]),
  )
})
