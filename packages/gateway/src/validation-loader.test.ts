import type { UpstreamClient, ValidateResult } from '@coupon-gateway/client'
import { parseCouponCode } from '@coupon-gateway/coupon-code'
import { expect, it } from 'vitest'
import { createCallBudgets } from './budgets/call-budgets.ts'
import { createUpstreamCalls } from './upstream-calls.ts'
import { createValidationLoader, type ValidationQuestion } from './validation-loader.ts'

const UNKNOWN: ValidateResult = { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
const EXPIRED: ValidateResult = { outcome: 'rejected', reason: 'EXPIRED', coupon: null }

interface Setup {
  readonly callsPerMinute?: number
  readonly validatesMany?: boolean
  readonly failFor?: string | null
}

/** A loader over an upstream where each code that begins with U is unknown, and every other one expired. */
function makeLoader({ callsPerMinute = 1_000, validatesMany = true, failFor }: Setup = {}) {
  const asked: unknown[] = []
  const answerTo = (code: string) => (code.startsWith('U') ? UNKNOWN : EXPIRED)
  const upstream: Pick<UpstreamClient, 'validate' | 'validateMany'> = {
    async validate({ code, userId }) {
      asked.push([code, userId])
      return answerTo(code)
    },
    async validateMany({ codes, userId = null }) {
      asked.push([codes, userId])
      if (userId === failFor) throw new Error('no answer')
      if (userId === 'short') return []
      return codes.map(answerTo)
    },
  }
  const caller = {
    id: 'k',
    kind: 'secret',
    by: 'key',
    scopes: new Set<never>(),
    callsPerMinute,
    origins: null,
  } as const
  const budgets = createCallBudgets(
    {
      mode: 'enforce',
      addressCallsPerMinute: 600,
      addressRequestsPerMinute: 3_000,
      prefixFailuresPerMinute: 300,
    },
    { exceeded() {} },
  )
  const calls = createUpstreamCalls(budgets, { caller, network: null }, 'r')
  const loader = createValidationLoader({
    upstream: upstream as UpstreamClient,
    calls,
    validatesMany,
    metrics: null,
  })
  return { asked, calls, loader }
}

function ask(code: string, userId: string | null = null): ValidationQuestion {
  const parsed = parseCouponCode(code)
  if (parsed === undefined) throw new Error(`${code} is no code`)
  return { code: parsed, userId }
}

it('what is asked together goes in one call for each user, and is answered in its place', async () => {
  const { loader, asked } = makeLoader()
  const questions = [
    ask('AAAAAAAA'),
    ask('UUUUUUUU', 'ada'),
    ask('UUUUUUUU'),
    ask('BBBBBBBB', 'ada'),
    ask('CCCCCCCC'),
  ]
  expect(await loader.loadMany(questions)).toEqual([EXPIRED, UNKNOWN, UNKNOWN, EXPIRED, EXPIRED])
  expect(asked).toEqual([
    [['AAAAAAAA', 'UUUUUUUU', 'CCCCCCCC'], null],
    [['UUUUUUUU', 'BBBBBBBB'], 'ada'],
  ])
})

it('a question that was asked is not asked again, however the code was typed', async () => {
  const { loader, asked } = makeLoader()
  await loader.loadMany([ask('aaaa-aaaa'), ask('AAAAAAAA')])
  await loader.load(ask(' AAAA aaaa'))
  expect(asked).toEqual([['AAAAAAAA', null]])
})

it('the same code for another user is another question', async () => {
  const { loader, asked } = makeLoader()
  await loader.loadMany([ask('AAAAAAAA'), ask('AAAAAAAA', 'ada'), ask('AAAAAAAA', 'null')])
  expect(asked).toHaveLength(3)
})

it('after a write everything is asked anew', async () => {
  const { loader, asked } = makeLoader()
  await loader.load(ask('AAAAAAAA'))
  loader.clearAll()
  await loader.load(ask('AAAAAAAA'))
  expect(asked).toHaveLength(2)
})

it('each code of a call pays as if it were asked alone, and a failed guess more', async () => {
  const { loader, calls } = makeLoader()
  await loader.loadMany([ask('AAAAAAAA'), ask('UUUUUUUU'), ask('BBBBBBBB')])
  expect(await calls.costWhenDone()).toBe(1 + 5 + 1)
})

it('codes past the budget are refused each for itself, and not asked', async () => {
  const { loader, asked } = makeLoader({ callsPerMinute: 2 })
  const answers = await loader.loadMany([ask('AAAAAAAA'), ask('BBBBBBBB'), ask('CCCCCCCC')])
  expect(answers).toMatchObject([EXPIRED, EXPIRED, { extensions: { code: 'RATE_LIMITED' } }])
  expect(asked).toEqual([[['AAAAAAAA', 'BBBBBBBB'], null]])
})

it('a call that fails for one user leaves the answers for another', async () => {
  const { loader } = makeLoader({ failFor: 'ada' })
  const answers = await loader.loadMany([
    ask('AAAAAAAA', 'ada'),
    ask('BBBBBBBB', 'ada'),
    ask('AAAAAAAA', 'bob'),
    ask('BBBBBBBB', 'bob'),
  ])
  expect(answers).toEqual([expect.any(Error), expect.any(Error), EXPIRED, EXPIRED])
})

it('an upstream that takes one code a call is asked for each, at once', async () => {
  const { loader, asked } = makeLoader({ validatesMany: false })
  await loader.loadMany([ask('AAAAAAAA'), ask('UUUUUUUU')])
  expect(asked).toEqual([
    ['AAAAAAAA', null],
    ['UUUUUUUU', null],
  ])
})

it('more codes than a call takes go in several', async () => {
  const { loader, asked } = makeLoader()
  const codes = Array.from({ length: 150 }, (_, index) =>
    ask(`AAAA${String(index).padStart(4, '0')}`),
  )
  await loader.loadMany(codes)
  expect(asked.map((it) => (it as [string[]])[0].length)).toEqual([100, 50])
})

it('an answer that leaves out a code is taken for none', async () => {
  const { loader, calls } = makeLoader()
  const answers = await loader.loadMany([ask('AAAAAAAA', 'short'), ask('BBBBBBBB', 'short')])
  expect(answers).toEqual([expect.any(Error), expect.any(Error)])
  expect(await calls.costWhenDone()).toBe(2)
})
