import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { describe, expect, it } from 'vitest'
import type { CallerKind } from '../caller.ts'
import type { ExceededLimit } from '../limit-reports.ts'
import type { AbuseBudgets } from './abuse-budgets.ts'
import { type Asker, createCallBudgets } from './call-budgets.ts'
import { FAILED_GUESS_COST } from './failed-guess.ts'
import { WINDOW_MS } from './window-counters.ts'

function makeBudgets(settings: Partial<AbuseBudgets> = {}) {
  const clock = { nowMs: 1_000_000 }
  const reported: ExceededLimit[] = []
  const budgets = createCallBudgets(
    {
      mode: 'enforce',
      addressCallsPerMinute: 20,
      addressRequestsPerMinute: 100,
      prefixFailuresPerMinute: 6,
      ...settings,
    },
    { exceeded: (what) => reported.push(what) },
    () => clock.nowMs,
  )
  return { clock, reported, budgets }
}

const asker = (
  id: string,
  network: string | null,
  {
    kind = 'publishable',
    callsPerMinute = 1_000,
  }: { kind?: CallerKind; callsPerMinute?: number } = {},
): Asker => ({
  caller: {
    id,
    kind,
    by: kind === 'token' ? 'token' : 'key',
    callsPerMinute,
    scopes: new Set(),
    origins: null,
  },
  network,
})
const code = (typed: string) => parseCouponCode(typed) as CouponCode

type Budgets = ReturnType<typeof createCallBudgets>

/** Guesses codes that are none until one is refused. */
function guessUntilRefused(budgets: Budgets, who: (index: number) => Asker, prefix: string) {
  for (let index = 0; index < 1_000; index += 1) {
    const guess = code(`${prefix}${index.toString().padStart(8, '0')}`)
    try {
      budgets.charge(who(index), guess)
    } catch (refusal) {
      return { guesses: index, refusal: refusal as Error }
    }
    budgets.chargeFailedGuess(who(index), guess)
    budgets.end(who(index), guess)
  }
  throw new Error('nothing was refused')
}

describe('an attacker', () => {
  it('with one publishable key guesses no more than his address is good for', () => {
    const { budgets } = makeBudgets()
    const { guesses, refusal } = guessUntilRefused(budgets, () => asker('pk', '192.0.2.1'), 'AAAA')
    expect(guesses).toBe(20 / FAILED_GUESS_COST)
    expect(refusal).toMatchObject({
      message: expect.stringContaining('address'),
      extensions: { code: 'RATE_LIMITED', scope: 'CALLER', retryAfterMs: WINDOW_MS },
    })
  })

  it('with many keys at one address gains nothing by them', () => {
    const { budgets } = makeBudgets()
    const { guesses } = guessUntilRefused(
      budgets,
      (index) => asker(`pk_${index}`, '192.0.2.1'),
      'AAAA',
    )
    expect(guesses).toBe(20 / FAILED_GUESS_COST)
  })

  it('with tokens of many users at one address gains nothing by them', () => {
    const { budgets } = makeBudgets()
    const { guesses } = guessUntilRefused(
      budgets,
      (index) => asker(`jwt:${index}`, '192.0.2.1', { kind: 'token' }),
      'AAAA',
    )
    expect(guesses).toBe(20 / FAILED_GUESS_COST)
  })

  it('with a stolen key on a botnet guesses no more than the key is good for', () => {
    const { budgets } = makeBudgets({ prefixFailuresPerMinute: 1_000 })
    const { guesses, refusal } = guessUntilRefused(
      budgets,
      (index) => asker('pk', `192.0.2.${index}`, { callsPerMinute: 50 }),
      'AAAA',
    )
    expect(guesses).toBe(50 / FAILED_GUESS_COST)
    expect(refusal.message).toContain('key')
  })

  it('who guesses the rest of one prefix, with many keys from many addresses, is stopped at the prefix', () => {
    const { budgets } = makeBudgets()
    const { guesses, refusal } = guessUntilRefused(
      budgets,
      (index) => asker(`pk_${index}`, `192.0.2.${index}`),
      'LOUI',
    )
    expect(guesses).toBe(6)
    expect(refusal.message).toContain('begin like this one')
  })
})

/** Sends guesses, none of which is answered yet, until one is refused. */
function guessAtOnce(budgets: Budgets, who: (index: number) => Asker, prefix: string): number {
  for (let index = 0; index < 10_000; index += 1) {
    try {
      budgets.charge(who(index), code(`${prefix}${index.toString().padStart(8, '0')}`))
    } catch {
      return index
    }
  }
  throw new Error('nothing was refused')
}

describe('guesses that are all sent before the first answer', () => {
  const generous = { addressCallsPerMinute: 1_000, prefixFailuresPerMinute: 10_000 }

  it('are hardly more than those that are sent in turn', () => {
    const inTurn = guessUntilRefused(
      makeBudgets(generous).budgets,
      () => asker('pk', '192.0.2.1'),
      'AAAA',
    )
    expect(inTurn.guesses).toBe(200)
    expect(guessAtOnce(makeBudgets(generous).budgets, () => asker('pk', '192.0.2.1'), 'AAAA')).toBe(
      240,
    )
  })

  it('are no more from many addresses with one key', () => {
    const { budgets } = makeBudgets(generous)
    expect(guessAtOnce(budgets, (index) => asker('pk', `192.0.2.${index}`), 'AAAA')).toBe(240)
  })

  it('from many addresses with many tokens are bounded by the prefix', () => {
    const { budgets } = makeBudgets()
    const who = (index: number) => asker(`jwt:${index}`, `192.0.2.${index}`, { kind: 'token' })
    expect(guessAtOnce(budgets, who, 'LOUI')).toBe(1_006)
  })

  it('take no more once they turn out to be right', () => {
    const { budgets } = makeBudgets(generous)
    const who = asker('pk', '192.0.2.1')
    const calls = guessAtOnce(budgets, () => who, 'AAAA')
    for (let index = 0; index < calls; index += 1) {
      budgets.end(who, code(`AAAA${index.toString().padStart(8, '0')}`))
    }
    budgets.charge(who, code('WELCOME10'))
    expect(budgets.read(who).used).toBe(calls + 1)
  })

  it('of a secret key are its own, and it may send all of them at once', () => {
    const { budgets } = makeBudgets(generous)
    expect(guessAtOnce(budgets, () => asker('sk', null, { kind: 'secret' }), 'AAAA')).toBe(1_000)
  })
})

describe('what is met does not stand in the way of others:', () => {
  it('a spent prefix leaves other codes, and calls about no code', () => {
    const { budgets } = makeBudgets({ addressCallsPerMinute: 1_000 })
    const who = asker('pk', '192.0.2.1')
    guessUntilRefused(budgets, () => who, 'LOUI')
    budgets.charge(who, code('WELCOME10'))
    budgets.charge(who)
  })

  it('a spent prefix leaves the servers of the shop, which know a secret', () => {
    const { budgets } = makeBudgets({ addressCallsPerMinute: 1_000 })
    guessUntilRefused(budgets, () => asker('pk', '192.0.2.1'), 'LOUI')
    budgets.charge(asker('sk', null, { kind: 'secret' }), code('LOUI00000000'))
  })

  it('a spent address leaves the others, and the key they share', () => {
    const { budgets } = makeBudgets()
    guessUntilRefused(budgets, () => asker('pk', '192.0.2.1'), 'AAAA')
    budgets.charge(asker('pk', '192.0.2.2'), code('WELCOME10'))
    expect(budgets.read(asker('pk', '192.0.2.1')).remaining).toBe(0)
    expect(budgets.read(asker('pk', '192.0.2.2')).remaining).toBe(19)
  })

  it('a call that one budget refuses is taken from none', () => {
    const { budgets } = makeBudgets({ addressCallsPerMinute: 1_000 })
    const who = asker('pk', '192.0.2.1')
    guessUntilRefused(budgets, () => who, 'LOUI')
    const before = budgets.read(who)
    expect(() => budgets.charge(who, code('LOUI99999999'))).toThrow()
    expect(budgets.read(who)).toEqual(before)
  })

  it('codes that are good are no guesses, so a campaign’s prefix is not used up by its customers', () => {
    const { budgets } = makeBudgets()
    for (let index = 0; index < 100; index += 1) {
      budgets.charge(asker('pk', `192.0.2.${index}`), code('LOUI00000001'))
    }
  })
})

it('a minute later all of it is back', () => {
  const { budgets, clock } = makeBudgets()
  const who = asker('pk', '192.0.2.1')
  guessUntilRefused(budgets, () => who, 'LOUI')
  clock.nowMs += WINDOW_MS
  expect(guessUntilRefused(budgets, () => who, 'LOUI').guesses).toBe(20 / FAILED_GUESS_COST)
})

describe('measured', () => {
  it('addresses and prefixes are counted and reported, and nothing of them is refused', () => {
    const { budgets, reported } = makeBudgets({ mode: 'measure' })
    const who = () => asker('pk', '192.0.2.1', { callsPerMinute: 100 })
    // Only the key is in the way, as it always is.
    expect(guessUntilRefused(budgets, who, 'LOUI').guesses).toBe(100 / FAILED_GUESS_COST)
    expect(reported).toContainEqual({ limit: 'address', subject: '192.0.2.1', isEnforced: false })
    expect(reported).toContainEqual({ limit: 'prefix', subject: 'LOUI', isEnforced: false })
    expect(reported.at(-1)).toEqual({ limit: 'caller', subject: 'pk', isEnforced: true })
  })

  it('what an address would be refused is no part of what is left', () => {
    const { budgets } = makeBudgets({ mode: 'measure' })
    for (let call = 0; call < 30; call += 1) budgets.charge(asker('pk', '192.0.2.1'))
    expect(budgets.read(asker('pk', '192.0.2.1')).remaining).toBe(970)
  })
})

it('off, only the budget of the key is left', () => {
  const { budgets, reported } = makeBudgets({ mode: 'off' })
  const who = () => asker('pk', '192.0.2.1', { callsPerMinute: 100 })
  expect(guessUntilRefused(budgets, who, 'LOUI').guesses).toBe(100 / FAILED_GUESS_COST)
  expect(reported.map(({ limit }) => limit)).toEqual(['caller'])
})
