import { randomUUID } from 'node:crypto'
import {
  ConfirmReservationDocument,
  CouponDocument,
  CreateCouponDocument,
  type CreateCouponInput,
  DeleteCouponDocument,
  type RedemptionBy,
  RedemptionDocument,
  RedemptionsDocument,
  type RedemptionsQueryVariables,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  type ReserveCouponInput,
  RollbackRedemptionDocument,
  type TypedDocumentNode,
  UpdateCouponDocument,
  type UpdateCouponInput,
  ValidateCouponDocument,
} from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  type Folder,
  type LossyUpstream,
  makeFolder,
  redeem,
  send,
  startApi,
  startGateway,
  startLossyUpstream,
} from './gateway-under-test.ts'

/** Of a settled redemption: an upstream that tells nothing of it has the key as its id, and numbers no use. */
const PROFILES = [
  { profile: 'native', isNumbered: true },
  { profile: 'hosted', isNumbered: false },
] as const

describe.each(PROFILES)('over a $profile upstream', ({ profile, isNumbered }) => {
  let data: Folder
  let api: ServiceProcess
  let upstream: LossyUpstream
  let gateway: ServiceProcess
  beforeAll(async () => {
    data = await makeFolder()
    api = await startApi(data, { API_PROFILE: profile })
    upstream = await startLossyUpstream(api)
    gateway = await startGateway(upstream, {
      UPSTREAM_PROFILE: profile,
      DEMO: 'true',
      DATA_DIR: data.path,
      UPSTREAM_DEADLINE_MS: '3000',
      JOURNAL_SETTLE_DELAY_MS: '200',
    })
  })
  afterAll(async () => {
    await gateway?.stop()
    upstream?.close()
    await api?.stop()
    await data.remove()
  })

  /** Answers of an operation that ends in no error. */
  async function answer<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const { data: answered, errors } = await ask(gateway, document, variables)
    expect(errors).toEqual([])
    return answered as Data
  }
  const key = () => randomUUID()
  const find = async (by: RedemptionBy) => (await answer(RedemptionDocument, { by })).redemption
  const reserve = async (input: Partial<ReserveCouponInput> & { code: string }) =>
    (await answer(ReserveCouponDocument, { input: { idempotencyKey: key(), ...input } }))
      .reserveCoupon
  const confirm = async (reservationId: string, idempotencyKey = key()) =>
    (await answer(ConfirmReservationDocument, { input: { reservationId, idempotencyKey } }))
      .confirmReservation
  const release = async (reservationId: string, idempotencyKey = key()) =>
    (await answer(ReleaseReservationDocument, { input: { reservationId, idempotencyKey } }))
      .releaseReservation
  const rollBack = async (redemptionId: string, idempotencyKey = key()) =>
    (
      await answer(RollbackRedemptionDocument, {
        input: { redemptionId, reason: 'order cancelled', idempotencyKey },
      })
    ).rollbackRedemption
  const update = async (input: Partial<UpdateCouponInput> & { code: string }) =>
    (await answer(UpdateCouponDocument, { input: { idempotencyKey: key(), ...input } }))
      .updateCoupon
  const remove = async (code: string, idempotencyKey = key()) =>
    (await answer(DeleteCouponDocument, { input: { code, idempotencyKey } })).deleteCoupon
  async function create(input: Partial<CreateCouponInput> = {}): Promise<string> {
    const discount = { percent: '10' }
    const { createCoupon } = await answer(CreateCouponDocument, {
      input: { discount, useLimit: 1, idempotencyKey: key(), ...input },
    })
    expect(createCoupon?.userErrors).toEqual([])
    return createCoupon?.code ?? ''
  }
  const usageOf = async (code: string) => (await answer(CouponDocument, { code })).coupon?.usage

  /** The refusal of any mutation. */
  const refused = (code: string, ...field: string[]) => ({
    replayed: false,
    userErrors: [
      { code, field: field.length === 0 ? null : ['input', ...field], message: expect.any(String) },
    ],
  })

  describe('a coupon', () => {
    it('is created as asked, and its first answer is given again', async () => {
      const input = {
        discount: { amount: { amount: '9.99', currency: 'USD' } },
        name: 'Spring sale',
        startsOn: '2020-02-29',
        endsOn: '2999-12-31',
        useLimit: 1,
        memo: 'agreed with marketing',
        idempotencyKey: key(),
      }
      const { createCoupon } = await answer(CreateCouponDocument, { input })
      expect(createCoupon).toMatchObject({
        code: expect.stringMatching(/^[A-Z0-9]{8,16}$/),
        coupon: {
          code: createCoupon?.code,
          name: 'Spring sale',
          startsOn: '2020-02-29',
          endsOn: '2999-12-31',
          discount: {
            __typename: 'AmountDiscount',
            amount: { amount: '9.99', currency: 'USD' },
          },
          usage: { limit: 1, used: 0, remaining: 1 },
          requiresUserId: false,
          requiresOnsitePassword: false,
        },
        replayed: false,
        userErrors: [],
      })
      // A hosted upstream knows no keys, and says nothing of what it made.
      if (profile === 'hosted') return
      const again = await answer(CreateCouponDocument, { input })
      expect(again.createCoupon).toEqual({ ...createCoupon, replayed: true })
      const other = await answer(CreateCouponDocument, { input: { ...input, useLimit: 2 } })
      expect(other.createCoupon).toMatchObject(
        refused('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'idempotencyKey'),
      )
    })

    it('with a code that is taken is not created', async () => {
      const code = await create()
      const { createCoupon } = await answer(CreateCouponDocument, {
        input: { code, discount: { percent: '10' }, idempotencyKey: key() },
      })
      expect(createCoupon).toMatchObject({
        code: null,
        coupon: null,
        ...refused('CODE_TAKEN', 'code'),
      })
    })

    it('is changed while it is unused, field by field', async () => {
      const code = await create({ name: 'Old', endsOn: '2999-12-31' })
      expect(await update({ code, name: 'New', discount: { percent: '12.5' } })).toMatchObject({
        code,
        coupon: {
          name: 'New',
          endsOn: '2999-12-31',
          discount: { __typename: 'PercentageDiscount', percent: '12.5' },
        },
        userErrors: [],
      })
      expect((await update({ code, endsOn: null }))?.coupon).toMatchObject({
        name: 'New',
        endsOn: null,
      })
    })

    it('is locked once it was used, but for its memo', async () => {
      const code = await create()
      expect((await redeem(gateway, { code })).data?.redeemCoupon?.userErrors).toEqual([])
      expect(await update({ code, memo: 'used by a friend' })).toMatchObject({ userErrors: [] })
      const refusal =
        profile === 'native' ? refused('COUPON_LOCKED') : { userErrors: [expect.anything()] }
      expect(await update({ code, name: 'Other' })).toMatchObject(refusal)
    })

    it('is gone once it was deleted, and its code is free', async () => {
      const code = await create()
      expect(await remove(code)).toEqual({ deletedCode: code, replayed: false, userErrors: [] })
      expect((await answer(CouponDocument, { code })).coupon).toBeNull()
      expect(await remove(code)).toMatchObject({
        deletedCode: null,
        ...refused('NOT_FOUND', 'code'),
      })
      expect(await create({ code })).toBe(code)
    })
  })

  describe('a reservation', () => {
    it('holds the unit until it is confirmed, and then it is a redemption', async () => {
      const code = await create()
      const input = { code, memo: 'order 17', idempotencyKey: key() }
      const reserved = await reserve(input)
      expect(reserved).toMatchObject({
        redemption: {
          id: expect.any(String),
          code,
          status: 'RESERVED',
          memo: 'order 17',
          idempotencyKey: input.idempotencyKey,
          ordinal: isNumbered ? 1 : null,
          redeemedAt: null,
          expiresAt: expect.stringMatching(/Z$/),
          rolledBackAt: null,
          rollbackReason: null,
        },
        replayed: false,
        userErrors: [],
      })
      const id = reserved?.redemption?.id ?? ''
      expect(await reserve(input)).toEqual({ ...reserved, replayed: true })
      expect(await reserve({ ...input, memo: 'order 18' })).toMatchObject(
        refused('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'idempotencyKey'),
      )
      expect(await reserve({ code })).toMatchObject(refused('ALL_HELD', 'code'))
      if (profile === 'native') {
        expect(await usageOf(code)).toMatchObject({ used: 0, reserved: 1, remaining: 0 })
      }
      expect(await find({ id })).toMatchObject({ status: 'RESERVED', code })

      const confirmed = await confirm(id)
      expect(confirmed).toMatchObject({
        redemption: {
          status: 'REDEEMED',
          redeemedAt: expect.stringMatching(/Z$/),
          memo: 'order 17',
        },
        userErrors: [],
      })
      const { validateCoupon } = await answer(ValidateCouponDocument, { code })
      expect(validateCoupon).toMatchObject({ valid: false })
      expect(await find({ idempotencyKey: input.idempotencyKey })).toMatchObject({
        status: 'REDEEMED',
      })
    })

    it('gives its unit back when it is released', async () => {
      const code = await create()
      const id = (await reserve({ code }))?.redemption?.id ?? ''
      expect(await release(id)).toMatchObject({
        redemption: { id, status: 'RELEASED' },
        userErrors: [],
      })
      expect(await confirm(id)).toMatchObject(refused('RESERVATION_NOT_FOUND', 'reservationId'))
      expect((await reserve({ code }))?.userErrors).toEqual([])
    })

    it('that does not exist is neither confirmed nor released', async () => {
      const nobody = randomUUID()
      const refusal = refused('RESERVATION_NOT_FOUND', 'reservationId')
      expect(await confirm(nobody)).toMatchObject({ redemption: null, ...refusal })
      expect(await release(nobody)).toMatchObject({ redemption: null, ...refusal })
      expect(await confirm('not an id')).toMatchObject(refused('INVALID_INPUT', 'reservationId'))
    })
  })

  describe('a redemption', () => {
    it('of a single use is taken back once, with its reason, and can be made again', async () => {
      const code = await create()
      const id = (await redeem(gateway, { code })).data?.redeemCoupon?.redemption?.id ?? ''
      const rollbackKey = key()
      const rolledBack = await rollBack(id, rollbackKey)
      expect(rolledBack).toMatchObject({
        redemption: {
          id,
          status: 'ROLLED_BACK',
          rolledBackAt: expect.stringMatching(/Z$/),
          rollbackReason: 'order cancelled',
        },
        replayed: false,
        userErrors: [],
      })
      expect(await rollBack(id, rollbackKey)).toEqual({ ...rolledBack, replayed: true })
      expect(await rollBack(id)).toMatchObject(refused('ALREADY_ROLLED_BACK', 'redemptionId'))
      expect((await redeem(gateway, { code })).data?.redeemCoupon?.userErrors).toEqual([])
    })

    it('that does not exist is not taken back', async () => {
      expect(await rollBack(randomUUID())).toMatchObject({
        redemption: null,
        ...refused('REDEMPTION_NOT_FOUND', 'redemptionId'),
      })
    })

    it('asked for eight times at once with one key takes one unit', async () => {
      const input = { code: await create({ useLimit: 0 }), idempotencyKey: key() }
      const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(gateway, input)))
      const payloads = answers.map(({ data: answered }) => answered?.redeemCoupon)
      const codes = payloads.flatMap((it) => it?.userErrors.map((error) => error.code) ?? ['null'])
      expect(codes.filter((it) => it !== 'IDEMPOTENCY_CONCURRENT_REQUEST')).toEqual([])
      const granted = payloads.filter((it) => it?.redemption != null)
      expect(granted.filter((it) => it?.replayed === false)).toHaveLength(1)
      expect(new Set(granted.map((it) => it?.redemption?.id)).size).toBe(1)
      const validation = await answer(ValidateCouponDocument, { code: input.code })
      // The count of an unlimited coupon may trail behind.
      expect(validation.validateCoupon?.coupon?.usage.used).toBeLessThanOrEqual(1)
    })

    it('is found by its key and by its id, and what never was is null', async () => {
      const idempotencyKey = key()
      expect(await find({ idempotencyKey })).toBeNull()
      const input = { code: await create(), userId: 'ada', idempotencyKey }
      const { data: answered } = await redeem(gateway, input)
      const redemption = answered?.redeemCoupon?.redemption
      // Hosted, the moment of the first answer is the gateway's, and that of the record its database's.
      const recorded =
        profile === 'native' ? redemption : { ...redemption, redeemedAt: expect.any(String) }
      expect(await find({ idempotencyKey })).toEqual(recorded)
      expect(await find({ id: redemption?.id ?? '' })).toEqual(recorded)
      expect(await find({ id: randomUUID() })).toBeNull()
    })

    it('whose answer got lost is found by its key, once it is settled', async () => {
      const input = { code: await create(), idempotencyKey: key() }
      upstream.loseAnswersFromRedeem()
      const { data: answered, errors } = await redeem(gateway, input)
      expect(answered).toEqual({ redeemCoupon: null })
      expect(errors).toMatchObject([
        { extensions: { code: 'UPSTREAM_OUTCOME_UNKNOWN', retryable: true } },
      ])
      // A hosted upstream keeps no keys: until evidence tells, its outcome is not known.
      if (profile === 'native') upstream.loseNothing()
      const first = await find({ idempotencyKey: input.idempotencyKey })
      expect(first?.status).toBe(profile === 'native' ? 'REDEEMED' : 'PENDING')
      upstream.loseNothing()
      await expect
        .poll(async () => (await find({ idempotencyKey: input.idempotencyKey }))?.status, {
          timeout: 30_000,
        })
        .toBe('REDEEMED')
      const { data: repeated } = await redeem(gateway, input)
      expect(repeated?.redeemCoupon).toMatchObject({ replayed: true, userErrors: [] })
    })
  })

  it.runIf(profile === 'hosted')(
    'a redeem that got lost on its way ends as REJECTED, and its key is free',
    async () => {
      const input = { code: await create(), idempotencyKey: key() }
      upstream.loseRedeems()
      expect((await redeem(gateway, input)).errors).toMatchObject([
        { extensions: { code: 'UPSTREAM_OUTCOME_UNKNOWN' } },
      ])
      upstream.loseNothing()
      await expect
        .poll(async () => (await find({ idempotencyKey: input.idempotencyKey }))?.status, {
          timeout: 30_000,
        })
        .toBe('REJECTED')
      expect((await redeem(gateway, input)).data?.redeemCoupon).toMatchObject({
        redemption: { status: 'REDEEMED' },
        replayed: false,
      })
    },
  )

  const list = async (variables: RedemptionsQueryVariables) => {
    const { redemptions } = await answer(RedemptionsDocument, variables)
    return redemptions
  }

  it.runIf(profile === 'native')('the log is read in pages, newest first', async () => {
    const code = await create({ useLimit: 5 })
    for (const user of ['ada', 'bob', 'cyd']) await redeem(gateway, { code, userId: user })
    const filter = { code }
    const first = await list({ filter, first: 2 })
    expect(first?.nodes.map(({ userId }) => userId)).toEqual(['cyd', 'bob'])
    expect(first?.pageInfo.hasNextPage).toBe(true)
    const after = first?.pageInfo.endCursor ?? ''
    const second = await list({ filter, first: 2, after })
    expect(second?.nodes.map(({ userId }) => userId)).toEqual(['ada'])
    expect(second?.pageInfo.hasNextPage).toBe(false)

    expect(await list({ filter: { code, userId: 'bob' } })).toMatchObject({
      nodes: [{ userId: 'bob', status: 'REDEEMED', code, ordinal: 2 }],
    })
    expect((await list({ filter: { code, status: 'ROLLED_BACK' } }))?.nodes).toEqual([])
    expect((await list({ filter: { code, status: 'PENDING' } }))?.nodes).toEqual([])
    const moment = first?.nodes[1]?.redeemedAt ?? ''
    const since = await list({ filter: { code, takenFrom: moment } })
    expect(since?.nodes.map(({ userId }) => userId)).toEqual(['cyd', 'bob'])
    const before = await list({ filter: { code, takenBefore: moment } })
    expect(before?.nodes.map(({ userId }) => userId)).toEqual(['ada'])
  })

  it.runIf(profile === 'native')('every edge has a cursor to go on after', async () => {
    const code = await create({ useLimit: 5 })
    for (const user of ['ada', 'bob', 'cyd']) await redeem(gateway, { code, userId: user })
    const query = `query ($code: String!, $after: String) {
      redemptions(filter: { code: $code }, after: $after) {
        edges { cursor node { userId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`
    const page = async (after: string | null) =>
      (await send(gateway, { body: { query, variables: { code, after } } })).data.redemptions
    const { edges, pageInfo } = await page(null)
    expect(pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[2].cursor,
    })
    expect(await page(edges[0].cursor)).toMatchObject({
      edges: [{ node: { userId: 'bob' } }, { node: { userId: 'ada' } }],
      pageInfo: { hasPreviousPage: true },
    })
    expect(await page(edges[2].cursor)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    })
  })

  it.runIf(profile === 'native')(
    'the log of a coupon went on with that of a deleted one of the same code',
    async () => {
      const code = await create()
      await redeem(gateway, { code, memo: 'before' })
      await remove(code)
      await create({ code })
      await redeem(gateway, { code, memo: 'after' })
      const query = `query ($code: String!) {
        coupon(code: $code) { redemptions(first: 1) { nodes { memo } pageInfo { hasNextPage } } }
        all: coupon(code: $code) { redemptions { nodes { memo } pageInfo { hasNextPage } } }
      }`
      const { data: answered } = await send(gateway, { body: { query, variables: { code } } })
      expect(answered.all.redemptions).toEqual({
        nodes: [{ memo: 'after' }],
        pageInfo: { hasNextPage: false },
      })
      expect(answered.coupon.redemptions.nodes).toEqual([{ memo: 'after' }])
      expect((await list({ filter: { code } }))?.nodes.map(({ memo }) => memo)).toEqual([
        'after',
        'before',
      ])
    },
  )

  it.runIf(profile === 'hosted')('what the service cannot do is refused by its name', async () => {
    const { data: answered, errors } = await ask(gateway, RedemptionsDocument, {})
    expect(answered).toEqual({ redemptions: null })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])

    const code = await create({ useLimit: 2 })
    const { data: redeemed } = await redeem(gateway, { code, userId: 'ada' })
    expect(await rollBack(redeemed?.redeemCoupon?.redemption?.id ?? '')).toMatchObject({
      redemption: null,
      ...refused('ROLLBACK_UNSUPPORTED', 'redemptionId'),
    })
  })
})
