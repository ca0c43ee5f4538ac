import { exportFormats } from './export-format.ts'
import { toWireRedemption } from './redemption-fields.ts'

export const REDEMPTION_EXPORTS = exportFormats('redemptions', toWireRedemption, [
  'redemptionId',
  'cpnNo',
  'cpnId',
  'status',
  'ordinal',
  'userId',
  'memo',
  'idempotencyKey',
  'takenAt',
  'redeemedAt',
  'expiresAt',
  'endedAt',
  'rollbackReason',
])
