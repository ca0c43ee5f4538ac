import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKeyFromMemo, requireRoomForKey, writeKeyIntoMemo } from './memo-key.ts'

const keys = fc.stringMatching(/^[\x21-\x7e]{1,255}$/)

describe('the key in the memo', () => {
  it('is found again whatever the key and the memo of the user are', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 999 }), fc.string(), (key, attempt, memo) => {
        const named = { idempotencyKey: key, attempt }
        expect(readKeyFromMemo(writeKeyIntoMemo(memo, named))).toEqual(named)
      }),
    )
  })

  it.each(['', 'till 7', '[key order-17]', '[key order-17 1] till 7', '[key a b 1]'])(
    'is not found in %j, which nobody here wrote',
    (memo) => {
      expect(readKeyFromMemo(memo)).toBeNull()
    },
  )

  it('leaves a memo that passes within the 500 characters of the contract, at any attempt', () => {
    fc.assert(
      fc.property(keys, fc.string({ maxLength: 600, unit: 'grapheme' }), (key, memo) => {
        try {
          requireRoomForKey(memo, key)
        } catch {
          return
        }
        const written = writeKeyIntoMemo(memo, { idempotencyKey: key, attempt: 999_999_999 })
        expect([...written].length).toBeLessThanOrEqual(500)
      }),
    )
  })
})
