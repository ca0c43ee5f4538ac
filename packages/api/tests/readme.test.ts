import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { CommandContext } from '../src/cli/command-context.ts'
import { buildProgram } from '../src/cli/program.ts'
import { ERROR_SYMBOLS } from '../src/index.ts'
import { DEFAULT_PLAN_LIMITS, formatCallLimits } from '../src/plans.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

it('the README lists every error with its code and its HTTP status, and no other', () => {
  const listed = [...readme.matchAll(/^\| +(\d{4}) +\| +([A-Z_]+) +\| +(\d{3}) +\|$/gm)].map(
    ([, code, error, status]) => [error, Number(code), Number(status)],
  )
  expect(listed).toEqual(
    Object.entries(ERROR_SYMBOLS).map(([error, { code, status }]) => [error, code, status]),
  )
})

it('the README has the windows of every plan', () => {
  const listed = [...readme.matchAll(/^\| (\w+)[^|]* \| (\d+) \/ (\d+) \/ (\d+) \|$/gm)].map(
    ([, plan, ...limits]) => [plan?.toLowerCase(), limits.join('/')],
  )
  const { 'business-plus': businessPlus, enterprise, ...published } = DEFAULT_PLAN_LIMITS
  expect(listed).toEqual(
    Object.entries(published).map(([plan, limits]) => [plan, formatCallLimits(limits)]),
  )
  expect(readme).toContain('without one, as Business |')
  expect([businessPlus, enterprise]).toEqual([published.business, published.business])
})

it('the README names every command of `coupon`', () => {
  const pathsOf = (command: ReturnType<typeof buildProgram>, path = ''): string[] =>
    command.commands.length === 0
      ? [path]
      : command.commands.flatMap((child) => pathsOf(child, `${path} ${child.name()}`.trim()))
  const paths = pathsOf(buildProgram({} as CommandContext))
  expect(paths).toContain('key create')
  expect(paths.filter((path) => !new RegExp(`\`(coupon )?${path}\\b`).test(readme))).toEqual([])
})
