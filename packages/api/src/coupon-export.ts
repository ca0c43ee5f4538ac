import type { Coupon } from '@coupon-gateway/core'
import { toWireRepresentation } from './coupon-fields.ts'
import { exportFormats } from './export-format.ts'

/** What an import takes, too, as long as the coupon was never used and has no password. */
export const COUPON_EXPORTS = exportFormats(
  'coupons',
  (coupon: Coupon) => toWireRepresentation(coupon, 'en'),
  [
    'cpnNo',
    'nm',
    'discTypeIdx',
    'disc',
    'discCurrency',
    'formatDiscCurrency',
    'strtYmd',
    'endYmd',
    'useLimit',
    'useCnt',
    'userLimit',
    'onsiteYn',
    'onsitePwdYn',
    'memo',
    'url',
    'imgUrl',
    'domain',
    'grpIdx',
    'tmplIdx',
    'userId',
    'userNm',
    'userPhnno',
    'userEml',
    'userEtc1',
    'userEtc2',
    'webhookEnableYn',
    'regYmdt',
    'cpnId',
  ],
)
