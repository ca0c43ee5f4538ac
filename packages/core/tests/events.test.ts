import { DatabaseBusyError } from '@coupon-gateway/database'
import { describe, expect, it } from 'vitest'
import { type CouponEvent, saveGroup } from '../src/index.ts'
import {
  type CoreUnderTest,
  letTimePass,
  newKey,
  openOnPostgres,
  openOver,
  unitOf,
} from './core-under-test.ts'
import { overEveryImplementation } from './implementations.ts'

/** Takes all events that are there, a few at a time, and adds them to `taken` while no other taker works. */
async function takeAll(
  { core }: Pick<CoreUnderTest, 'core'>,
  taken: CouponEvent[] = [],
): Promise<CouponEvent[]> {
  const hand = async (_: unknown, events: readonly CouponEvent[]) => void taken.push(...events)
  while ((await core.takeEvents(7, hand)) > 0);
  return taken
}

const describeEvent = (event: CouponEvent) =>
  event.kind === 'deleted' ? event.kind : `${event.kind} ${event.redemption.id}`

overEveryImplementation((subject) => {
  const reporting = { webhookEnabled: true } as const

  describe('events of a coupon that reports', () => {
    it('say what a redemption said, and are there once', async () => {
      await takeAll(subject)
      const { accountId, database } = subject
      await saveGroup(database, { accountId, kind: 'group', id: 7, name: '', settings: {} })
      const code = await subject.create({ ...reporting, useLimit: 2, groupId: 7, name: 'Two' })
      const key = newKey()
      const asked = { userId: 'u1', memo: 'till 7', idempotencyKey: key }
      const unit = unitOf(await subject.redeem(code, asked))
      expect(unitOf(await subject.redeem(code, asked))).toEqual(unit)
      expect(await takeAll(subject)).toEqual([
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          sequence: expect.any(Number),
          kind: 'redeemed',
          occurredAt: new Date(unit.redeemedAt ?? ''),
          accountId: subject.accountId,
          coupon: {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            code,
            name: 'Two',
            discountKind: 'percent',
            discount: 10,
            currency: null,
            groupId: 7,
            useLimit: 2,
          },
          redemption: {
            id: unit.redemptionId,
            ordinal: 1,
            userId: 'u1',
            memo: 'till 7',
            idempotencyKey: key,
            redeemedAt: new Date(unit.redeemedAt ?? ''),
          },
        },
      ])
      expect(await takeAll(subject)).toEqual([])
    })

    it('come in the order of what happened: use, rollback, use, deletion, rollback after it', async () => {
      await takeAll(subject)
      const code = await subject.create({ ...reporting, useLimit: 1 })
      const first = unitOf(await subject.redeem(code)).redemptionId
      await subject.rollback(first, 'returned')
      // Again, and refused: nothing happens.
      await subject.rollback(first, 'returned')
      const second = unitOf(await subject.redeem(code)).redemptionId
      await subject.redeem(code)
      const { accountId } = subject
      await subject.core.delete({ accountId, code, idempotencyKey: null })
      await subject.rollback(second, 'bought in error')
      const events = await takeAll(subject)
      expect(events.map(describeEvent)).toEqual([
        `redeemed ${first}`,
        `rolled-back ${first}`,
        `redeemed ${second}`,
        'deleted',
        `rolled-back ${second}`,
      ])
      expect(events.at(-1)).toMatchObject({ rollbackReason: 'bought in error' })
      expect(new Set(events.map(({ id }) => id)).size).toBe(5)
    })

    it('count a confirmation as the use, also a late one, and no reservation by itself', async () => {
      await takeAll(subject)
      const code = await subject.create({ ...reporting, useLimit: 3 })
      const reserve = async (userId: string) =>
        unitOf(await subject.reserve(code, { userId, ttlSeconds: 60 })).redemptionId
      const [confirmed, released, late] = [
        await reserve('a'),
        await reserve('b'),
        await reserve('c'),
      ]
      expect(await takeAll(subject)).toEqual([])
      await subject.confirm(confirmed)
      await subject.confirm(confirmed)
      await subject.release(released)
      await letTimePass(subject.database, subject.accountId, 61)
      await subject.confirm(late)
      expect((await takeAll(subject)).map(describeEvent)).toEqual([
        `redeemed ${confirmed}`,
        `redeemed ${late}`,
      ])
    })
  })

  it('a coupon that does not report has no events', async () => {
    await takeAll(subject)
    const code = await subject.create({ useLimit: 1 })
    const { redemptionId } = unitOf(await subject.redeem(code))
    await subject.rollback(redemptionId)
    await subject.core.delete({ accountId: subject.accountId, code, idempotencyKey: null })
    expect(await takeAll(subject)).toEqual([])
  })

  it('events stay where handing them over failed', async () => {
    await takeAll(subject)
    const code = await subject.create({ ...reporting, useLimit: 1 })
    await subject.redeem(code)
    const fail = async () => {
      throw new Error('no room')
    }
    await expect(subject.core.takeEvents(10, fail)).rejects.toThrow('no room')
    expect(await takeAll(subject)).toHaveLength(1)
  })
})

describe('on PostgreSQL, with several connections', () => {
  it('events of a limited coupon are numbered in the order of its ordinals, whoever redeems and takes', async () => {
    const subject = await openOnPostgres()
    // Each process has lanes and batches of its own.
    const others = await Promise.all([openOver(subject.database), openOver(subject.database)])
    const processes = [subject, ...others]
    const code = await subject.create({ webhookEnabled: true, useLimit: 300 })
    const events: CouponEvent[] = []
    let isBusy = true
    const taking = processes.map(async (process) => {
      // One more round after the last redemption: it can have been taken by nobody yet.
      for (let wasBusy = true; wasBusy; ) {
        wasBusy = isBusy
        await takeAll(process, events)
      }
    })
    await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        processes[index % 3]?.redeem(code, { userId: `u${index}` }),
      ),
    )
    isBusy = false
    await Promise.all(taking)
    await takeAll(subject, events)
    const ordinals = events.map((event) => event.kind === 'redeemed' && event.redemption.ordinal)
    expect(ordinals).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
    expect(events.map(({ sequence }) => sequence)).toEqual(
      events.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    )
    await subject.close()
  })

  it('a second taker gets nothing while the first one works, and does not wait for it', async () => {
    const subject = await openOnPostgres()
    await subject.redeem(await subject.create({ webhookEnabled: true, useLimit: 1 }))
    const first = await subject.core.takeEvents(1, async () => {
      expect(await takeAll(subject)).toEqual([])
    })
    expect(first).toBe(1)
    await subject.close()
  })

  it('a redemption that fails leaves no event', async () => {
    const subject = await openOnPostgres()
    const code = await subject.create({ webhookEnabled: true, useLimit: 1 })
    await subject.database.execute(`
      create function refuse_key() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '55P03'; end $$;
      create trigger refused after insert on idempotency_key for each statement execute function refuse_key()`)
    await expect(subject.redeem(code)).rejects.toThrow(DatabaseBusyError)
    expect(await takeAll(subject)).toEqual([])
    await subject.close()
  })
})
