/** Why a command cannot do what was asked: a stable code for programs, a sentence for people. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export type CommandErrorCode =
  | 'ACCOUNT_NAME_TAKEN'
  | 'ACCOUNT_NOT_FOUND'
  | 'DEAD_LETTER_NOT_FOUND'
  | 'ENDPOINT_NOT_FOUND'
  | 'BAD_ROWS'
  | 'CODES_TOO_DENSE'
  | 'FILE_CHANGED'
  | 'FILE_UNREADABLE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_COUPON'
  | 'INVALID_SETTINGS'
  | 'KEY_NOT_FOUND'
  | 'TABLES_OUT_OF_DATE'
  | 'WEBHOOK_URL_REFUSED'
