/** Lists are capped, so that one operation can neither ask for the whole log nor guess at many codes. */

/** Codes of one `validateCoupons`. */
export const MAX_CODES = 20

/** Rows of a page of the log: when `first` is left out, and at most. */
export const PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100
