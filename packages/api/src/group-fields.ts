import type { GroupSettings } from '@coupon-gateway/core'
import { Type } from 'typebox'
import { allCouponFields, leaveOut, toChanges, toDiscTypeIdx } from './coupon-fields.ts'
import { compileInput, problemsOf } from './input-object.ts'
import type { ToldProblem } from './told-problem.ts'

/** The settings of a group in the contract's spelling, as its command takes and shows them. */

/** What belongs to one coupon, or is a secret. */
const OF_ONE_COUPON = [
  ...['memo', 'onsitePwd', 'grpIdx', 'tmplIdx'],
  ...['userId', 'userNm', 'userPhnno', 'userEml', 'userEtc1', 'userEtc2'],
]

const groupFields = Type.Object(leaveOut(OF_ONE_COUPON, allCouponFields), {
  additionalProperties: false,
})

/** Names of the settings that a group can have, for people. */
export const GROUP_FIELD_NAMES = Object.keys(groupFields.properties)

const validate = compileInput(groupFields)

/** Reads settings from a JSON object such as `{"imgUrl":"https://…","useLimit":1}`, or tells what is wrong with it. */
export function readGroupSettings(json: string): GroupSettings | readonly ToldProblem[] {
  const given = parseJson(json)
  if (!validate(given)) return problemsOf(validate, 'settings')
  const { memo: _, issuedTo: __, groupId: ___, templateId: ____, ...settings } = toChanges(given)
  return settings
}

/** Spells settings as {@link readGroupSettings} reads them; what a group does not decide is undefined. */
export function toWireSettings(it: GroupSettings): object {
  return {
    nm: it.name,
    discTypeIdx: it.discountKind && toDiscTypeIdx(it.discountKind),
    disc: it.discount,
    discCurrency: it.currency === null ? '' : it.currency,
    strtYmd: it.startsOn === null ? '' : it.startsOn,
    endYmd: it.endsOn === null ? '' : it.endsOn,
    useLimit: it.useLimit,
    userLimit: it.userLimit,
    onsiteYn: toYesOrNo(it.onsite),
    url: it.url,
    imgUrl: it.imageUrl,
    domain: it.domain,
    webhookEnableYn: toYesOrNo(it.webhookEnabled),
  } satisfies Record<(typeof GROUP_FIELD_NAMES)[number], unknown>
}

function toYesOrNo(value: boolean | undefined): 'Y' | 'N' | undefined {
  return value === undefined ? undefined : value ? 'Y' : 'N'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
