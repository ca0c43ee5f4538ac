import type { Queryable } from '@coupon-gateway/database'
import type { CouponChanges, NewCoupon } from './coupon.ts'
import { COUPON_DEFAULTS, type FieldProblem, findCouponProblems } from './coupon-rules.ts'

/** Both are settings under a number. A coupon has at most one of each, and its group's go over its template's. */
export type GroupKind = 'group' | 'template'

/** What a group may decide for its coupons: nothing that belongs to one coupon alone. */
export type GroupSettings = Partial<Omit<NewCoupon, 'memo' | 'issuedTo' | 'groupId' | 'templateId'>>

export interface CouponGroup {
  readonly accountId: number
  readonly kind: GroupKind
  /** From 1, chosen by who makes it, unique among those of its kind in the account. */
  readonly id: number
  readonly name: string
  /** Only the fields that it decides. */
  readonly settings: GroupSettings
}

export type SaveGroupResult =
  | { readonly outcome: 'saved'; readonly group: CouponGroup }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldProblem[] }

const TABLES = { group: 'coupon_group', template: 'coupon_template' } as const

/**
 * Makes a group or a template, or replaces the settings of the one with this number. Coupons that are there stay as they
 * are: settings are laid over a coupon when it is created or changed.
 */
export async function saveGroup(database: Queryable, group: CouponGroup): Promise<SaveGroupResult> {
  const problems = findSettingsProblems(group.settings)
  if (problems.length > 0) return { outcome: 'invalid', problems }
  await database.query(
    `insert into ${TABLES[group.kind]} (account_id, id, name, settings) values ($1, $2, $3, $4)
     on conflict (account_id, id) do update set name = excluded.name, settings = excluded.settings`,
    [group.accountId, group.id, group.name, JSON.stringify(group.settings)],
  )
  return { outcome: 'saved', group }
}

/** The groups or templates of an account, by number. */
export function listGroups(
  database: Queryable,
  accountId: number,
  kind: GroupKind,
): Promise<readonly CouponGroup[]> {
  return database.query<CouponGroup>(
    `select account_id::int as "accountId", $2 as kind, id, name, settings
     from ${TABLES[kind]} where account_id = $1 order by id`,
    [accountId, kind],
  )
}

/** Settings of an account's groups and templates, by number. */
export type GroupsOfAccount = Readonly<Record<GroupKind, ReadonlyMap<number, GroupSettings>>>

/** Reads all groups of an account, for who lays them over many coupons. */
export async function readGroups(database: Queryable, accountId: number): Promise<GroupsOfAccount> {
  const byNumber = async (kind: GroupKind) =>
    new Map((await listGroups(database, accountId, kind)).map(({ id, settings }) => [id, settings]))
  return { group: await byNumber('group'), template: await byNumber('template') }
}

interface LaidOver<Coupon> {
  readonly coupon: Coupon
  /** What is wrong with it; also a number that no group or template has. */
  readonly problems: readonly FieldProblem[]
}

type CouponWithPassword = NewCoupon & Pick<CouponChanges, 'onsitePassword'>

/** Lays the settings of a coupon's template over its own, and those of its group over both. */
export function layGroupsOver<Coupon extends CouponWithPassword>(
  groups: GroupsOfAccount,
  coupon: Coupon,
): LaidOver<Coupon> {
  const { templateId, groupId } = coupon
  const template = templateId === null ? {} : groups.template.get(templateId)
  const group = groupId === null ? {} : groups.group.get(groupId)
  const unknown: FieldProblem[] = []
  if (template === undefined) unknown.push({ field: 'templateId', rule: 'unknown-template' })
  if (group === undefined) unknown.push({ field: 'groupId', rule: 'unknown-group' })
  const laidOver = { ...coupon, ...template, ...group }
  return { coupon: laidOver, problems: [...unknown, ...findCouponProblems(laidOver)] }
}

/** {@link layGroupsOver} with the groups of one coupon, which are read. The usual one has none, and costs no query. */
export async function layStoredGroupsOver<Coupon extends CouponWithPassword>(
  database: Queryable,
  accountId: number,
  coupon: Coupon,
): Promise<LaidOver<Coupon>> {
  const { templateId, groupId } = coupon
  if (templateId === null && groupId === null) return { coupon, problems: [] }
  const [found] = await database.query<{
    template: GroupSettings | null
    group: GroupSettings | null
  }>(
    `select
       (select settings from coupon_template where account_id = $1 and id = $2) as template,
       (select settings from coupon_group where account_id = $1 and id = $3) as group`,
    [accountId, templateId, groupId],
  )
  return layGroupsOver(
    {
      template: toMap(templateId, found?.template ?? null),
      group: toMap(groupId, found?.group ?? null),
    },
    coupon,
  )
}

function toMap(id: number | null, settings: GroupSettings | null) {
  return new Map(id === null || settings === null ? [] : [[id, settings]])
}

/** Each setting must be one that some coupon can have. A discount is decided as a whole, with its kind. */
function findSettingsProblems(settings: GroupSettings): readonly FieldProblem[] {
  const { discountKind, discount } = settings
  if ((discountKind === undefined) !== (discount === undefined)) {
    return [{ field: 'discount', rule: 'discount-incomplete' }]
  }
  return findCouponProblems({
    ...COUPON_DEFAULTS,
    discountKind: 'percent',
    discount: 1,
    ...settings,
  })
}
