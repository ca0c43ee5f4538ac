import type { Queryable } from '@coupon-gateway/database'
import { type Call, type GrantedCall, isGivenBack, isGranted, isRefusedForWant } from '../call.ts'
import type { Scene } from '../stage.ts'
import { demand, type Finding } from './finding.ts'

interface Row {
  readonly id: string
  readonly ordinal: number | null
  readonly userId: string | null
  readonly key: string
  readonly status: string
}

type Told = Pick<Scene, 'coupon' | 'calls'>

/** Compares what callers were told with what the log has, when everything is at rest. */
export async function findFalseAnswers(
  database: Queryable,
  { coupon, calls }: Told,
): Promise<readonly Finding[]> {
  const log = await database.query<Row>(
    `select id, ordinal, user_id as "userId", idempotency_key as key, status
     from redemption where coupon_id = $1`,
    [coupon.id],
  )
  const grants = calls.filter(isGranted)
  return [
    ...checkGrants(grants, log),
    ...checkKeys(grants),
    ...checkLimits(coupon, calls, grants),
    ...checkRefusals(coupon.useLimit, calls, log),
    ...checkSettlements(calls, log),
    ...calls.flatMap(({ step, answer }) =>
      answer.outcome === 'failed'
        ? [{ rule: 'no call fails', found: `${step}: ${answer.why}` }]
        : [],
    ),
  ]
}

function checkGrants(grants: readonly GrantedCall[], log: readonly Row[]): Finding[] {
  const rows = new Map(log.map((row) => [row.id, row]))
  const told = new Set(grants.map(({ answer }) => answer.redemptionId))
  return [
    ...grants.flatMap(({ key, userId, answer: { redemptionId, ordinal } }) => {
      const row = rows.get(redemptionId)
      return demand(
        row?.ordinal === ordinal && row.userId === userId && row.key === key,
        'what was granted is in the log as it was told',
        `told #${ordinal} to ${userId}, logged ${JSON.stringify(row)}`,
      )
    }),
    ...log.flatMap((row) =>
      demand(told.has(row.id), 'what is in the log was granted', JSON.stringify(row)),
    ),
  ]
}

function checkKeys(grants: readonly GrantedCall[]): Finding[] {
  const units = Map.groupBy(grants, ({ key }) => key)
  return [...units.values()].flatMap((ofKey) => {
    const ids = new Set(ofKey.map(({ answer }) => answer.redemptionId))
    const effects = ofKey.filter(({ answer }) => !answer.replayed).length
    return demand(
      ids.size === 1 && effects <= 1,
      'one key has one effect',
      `${effects} effects, ${ids.size} units`,
    )
  })
}

function checkLimits(
  { useLimit, userLimit }: Told['coupon'],
  calls: readonly Call[],
  grants: readonly GrantedCall[],
): Finding[] {
  const back = new Set(calls.filter(isGivenBack).map(({ redemptionId }) => redemptionId))
  const standing = new Map(
    grants
      .filter(({ answer }) => !back.has(answer.redemptionId))
      .map(({ userId, answer }) => [answer.redemptionId, userId]),
  )
  const byUser = Map.groupBy(standing.values(), (userId) => userId)
  return [
    ...demand(
      useLimit === 0 || standing.size <= useLimit,
      'never more units are granted than the limit',
      `oversold: ${standing.size} of ${useLimit}`,
    ),
    ...demand(
      useLimit < 2 || !byUser.has(null),
      'who takes a unit of a coupon limited to 2 or more is named',
      `${byUser.get(null)?.length} were not`,
    ),
    ...[...byUser].flatMap(([userId, units]) =>
      demand(
        userId === null || units.length <= userLimit,
        'no user is granted more than his limit',
        `${userId} has ${units.length} of ${userLimit}`,
      ),
    ),
  ]
}

/** Who was refused for want of a unit, and nothing came back since, shows by what is free at the end. */
function checkRefusals(useLimit: number, calls: readonly Call[], log: readonly Row[]): Finding[] {
  const free = useLimit - log.filter(({ status }) => isLive(status)).length
  const cameBackAt = Math.max(0, ...calls.filter(isGivenBack).map(({ returnedAt }) => returnedAt))
  return calls
    .filter((call) => isRefusedForWant(call) && call.calledAt > cameBackAt)
    .flatMap((call) =>
      demand(
        free <= 0,
        'nobody is refused while a unit is free',
        `undersold: ${free} of ${useLimit} are left, and ${call.userId} was refused`,
      ),
    )
}

function checkSettlements(calls: readonly Call[], log: readonly Row[]): Finding[] {
  const statuses = new Map(log.map(({ id, status }) => [id, status]))
  const rollbacks = calls.filter((call) => call.step === 'rollback' && isGivenBack(call))
  return [
    ...[...Map.groupBy(rollbacks, ({ redemptionId }) => redemptionId)].flatMap(([id, ofUnit]) =>
      demand(ofUnit.length === 1, 'a unit is rolled back once', `${id}: ${ofUnit.length} times`),
    ),
    ...calls.flatMap(({ step, redemptionId, answer }) =>
      demand(
        step !== 'confirm' ||
          answer.outcome !== 'rejected' ||
          statuses.get(redemptionId ?? '') !== 'RESERVED',
        'who holds a unit can have it',
        `${redemptionId} is held and was not confirmed`,
      ),
    ),
  ]
}

function isLive(status: string): boolean {
  return status === 'REDEEMED' || status === 'RESERVED'
}
