import { isWellFormed, TEXT_FORMAT } from './coupon-fields.ts'
import { ALLOWED_KEYWORD } from './messages/allowed.ts'

/** How every input is validated, wherever it comes from. @see https://ajv.js.org/options.html */
export const VALIDATOR_OPTIONS = {
  allErrors: true,
  verbose: true,
  coerceTypes: false,
  removeAdditional: false,
  keywords: [ALLOWED_KEYWORD],
  formats: { [TEXT_FORMAT]: isWellFormed },
}
