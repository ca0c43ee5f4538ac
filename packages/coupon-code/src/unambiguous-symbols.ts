/** 32 symbols that people do not confuse: no I, L, O, U, and so no accidental words either. */
export const UNAMBIGUOUS_SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
