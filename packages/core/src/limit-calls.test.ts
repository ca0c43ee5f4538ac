import type { Database } from '@coupon-gateway/database'
import { expect, it } from 'vitest'
import { limitCalls } from './limit-calls.ts'

/** Calls are done when they are told to be. */
function openControlled() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const database = {
    query(sql: string) {
      begun.push(sql)
      return new Promise((resolve) => ends.push(() => resolve([])))
    },
  } as Database
  return { database, begun, endFirst: () => ends.shift()?.() }
}

it('lets so many calls at a time through, the others in their order, whoever makes them', async () => {
  const { database, begun, endFirst } = openControlled()
  const inTurns = limitCalls(database, 2)
  const calls = ['one', 'two', 'three', 'four'].map((sql) => inTurns().query(sql))
  await expect.poll(() => begun).toEqual(['one', 'two'])
  endFirst()
  await expect.poll(() => begun).toEqual(['one', 'two', 'three'])
  endFirst()
  await expect.poll(() => begun).toEqual(['one', 'two', 'three', 'four'])
  endFirst()
  endFirst()
  await Promise.all(calls)
})

it('does not make a call that is still in line when nobody waits for it any more', async () => {
  const { database, begun, endFirst } = openControlled()
  const inTurns = limitCalls(database, 1)
  const leaving = new AbortController()
  const first = inTurns().query('first')
  const left = inTurns(leaving.signal).query('left')
  const last = inTurns().query('last')
  await expect.poll(() => begun).toEqual(['first'])
  leaving.abort()
  endFirst()
  await expect(left).rejects.toThrow('aborted')
  await expect.poll(() => begun).toEqual(['first', 'last'])
  endFirst()
  await Promise.all([first, last])
})
