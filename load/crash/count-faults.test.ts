import { describe, expect, it } from 'vitest'
import { type CrashObservation, countFaults } from './count-faults.ts'

const use = (n: number, user = n) => ({
  redemptionId: `id-${n}`,
  userId: `user-${user}`,
  idempotencyKey: `key-${n}`,
})
const told = (...numbers: number[]) => new Map(numbers.map((n) => [`key-${n}`, `id-${n}`]))

/** Three of three, and everything as it should be. */
const right: CrashObservation = {
  limit: 3,
  granted: told(1, 2, 3),
  grantedAgain: told(1, 2, 3),
  exhausted: 1,
  log: [use(1), use(2), use(3)],
}
const NONE = { oversold: 0, undersold: 0, lost: 0, doubled: 0 }

describe('countFaults', () => {
  it('finds nothing where everybody was told what is in the log', () => {
    expect(countFaults(right)).toEqual(NONE)
  })

  it('calls what was told and is not in the log lost', () => {
    const observation = { ...right, log: [use(1), use(2)], exhausted: 0 }
    expect(countFaults(observation)).toEqual({ ...NONE, lost: 1 })
  })

  it('calls a unit oversold that was granted anew after its redemption was lost', () => {
    const observation = { ...right, log: [use(1), use(2), use(4)] }
    expect(countFaults(observation)).toEqual({ ...NONE, lost: 1, oversold: 1 })
  })

  it('calls a unit undersold that nobody has when somebody was told EXHAUSTED', () => {
    const observation = { ...right, granted: told(1), grantedAgain: told(1), log: [use(1)] }
    expect(countFaults(observation)).toEqual({ ...NONE, undersold: 2 })
    expect(countFaults({ ...observation, exhausted: 0 })).toEqual(NONE)
  })

  it('calls a key doubled that is told another redemption when it comes again', () => {
    const grantedAgain = new Map([...told(1, 2), ['key-3', 'id-9']])
    expect(countFaults({ ...right, grantedAgain })).toMatchObject({ doubled: 1, oversold: 1 })
  })

  it('calls a user and a key doubled that are in the log twice', () => {
    const log = [use(1), use(2), use(3, 2)]
    expect(countFaults({ ...right, log })).toEqual({ ...NONE, doubled: 1 })
    const again = { ...use(3), idempotencyKey: 'key-2' }
    expect(countFaults({ ...right, log: [use(1), use(2), again] })).toEqual({ ...NONE, doubled: 1 })
  })
})
