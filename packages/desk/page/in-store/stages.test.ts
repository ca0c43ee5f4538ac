import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../gateway/failure.ts'
import type { Redemption, WriteResult } from '../gateway/write-result.ts'
import { FINDING, type InStoreEvent, type InStoreStage, inStoreFlow } from './stages.ts'

const REDEMPTION: Redemption = {
  id: 'r-1',
  code: 'INSTORE42',
  status: 'REDEEMED',
  userId: null,
  memo: null,
  idempotencyKey: 'k',
  ordinal: 1,
  redeemedAt: null,
  expiresAt: null,
  rolledBackAt: null,
  rollbackReason: null,
}

const run = (events: readonly InStoreEvent[], from: InStoreStage = FINDING) =>
  events.reduce(inStoreFlow.advance, from)

const found: InStoreEvent = { kind: 'found', code: 'INSTORE42', key: 'k' }
const redeem: InStoreEvent = { kind: 'redeem', userId: null }
const written = (result: WriteResult, isPasswordForgotten = false): InStoreEvent => ({
  kind: 'written',
  answer: { key: 'k', result, nowMs: 0, random: 0 },
  isPasswordForgotten,
})
const refused = (code: 'ONSITE_PASSWORD_WRONG' | 'ONSITE_PASSWORD_REQUIRED'): WriteResult => ({
  kind: 'refused',
  refusal: { code, message: '' },
})

describe('the in-store desk', () => {
  it('tries a wrong password again under the same key: it is the same intention', () => {
    const again = run([found, redeem, written(refused('ONSITE_PASSWORD_WRONG')), redeem])
    expect(again).toMatchObject({ at: 'redeeming', write: { key: 'k', tries: 0 } })
  })

  it('asks for the password again where a reload lost it, and only there', () => {
    const required = refused('ONSITE_PASSWORD_REQUIRED')
    expect(run([found, redeem, written(required, true)])).toMatchObject({
      at: 'shown',
      key: 'k',
      notice: { kind: 'password again' },
    })
    expect(run([found, redeem, written(required, false)])).toMatchObject({
      notice: { kind: 'refused' },
    })
  })

  it('stays with a redemption whose answer was lost, whatever is pressed', () => {
    const lost = run([found, redeem, written({ kind: 'failed', failure: failureOf('NO_ANSWER') })])
    const pressed = run(
      [{ kind: 'next customer' }, { kind: 'found', code: 'WELCOME10', key: 'other' }, redeem],
      lost,
    )
    expect(pressed).toBe(lost)
    expect(run([{ kind: 'give up' }], lost)).toEqual({ at: 'gave-up', code: 'INSTORE42', key: 'k' })
  })

  it('scanning the same coupon again keeps its key, another coupon gets another', () => {
    const shown = run([found])
    expect(run([{ ...found, key: 'second' }], shown)).toBe(shown)
    expect(run([{ kind: 'found', code: 'WELCOME10', key: 'second' }], shown)).toMatchObject({
      code: 'WELCOME10',
      key: 'second',
    })
  })

  it('redeems once, whatever is clicked, lost and reloaded', () => {
    const step = fc.constantFrom('click', 'answered', 'answer lost', 'request lost', 'reload')
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (script) => {
        const redeemedKeys = new Set<string>()
        let stage = run([found])
        let hasPassword = true
        const send = (fate: string) => {
          const due = inStoreFlow.due(stage)
          if (due === null) return
          const { key } = due.call
          // The gateway's rules: a key that has its redemption is answered again, without a password too.
          const isGranted = fate !== 'request lost' && (hasPassword || redeemedKeys.has(key))
          if (isGranted) redeemedKeys.add(key)
          const answer: WriteResult = isGranted
            ? { kind: 'done', redemption: REDEMPTION }
            : refused('ONSITE_PASSWORD_REQUIRED')
          const lost: WriteResult = { kind: 'failed', failure: failureOf('NO_ANSWER') }
          stage = run([written(fate === 'answered' ? answer : lost, !hasPassword)], stage)
        }
        for (const fate of script) {
          if (fate === 'click') {
            if (stage.at === 'shown') hasPassword = true
            stage = run([redeem, redeem], stage)
          } else if (fate === 'reload') {
            stage = JSON.parse(JSON.stringify(stage))
            hasPassword = false
          } else send(fate)
          expect(redeemedKeys.size).toBeLessThanOrEqual(1)
        }
        send('answered')
        const wasRedeemed = redeemedKeys.size === 1
        if (stage.at === 'redeemed') expect(wasRedeemed).toBe(true)
        if (wasRedeemed) expect(stage.at).toBe('redeemed')
      }),
      { numRuns: 500 },
    )
  })
})
