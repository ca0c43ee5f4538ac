import { randomBytes } from 'node:crypto'
import type { Request } from 'express'
import type { NewCoupon, RedeemRequest } from './coupon-store.ts'

/** A field that is not what the contract has. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError'
  readonly problems: readonly { field: string; problem: string; allowed: string }[]

  constructor(field: string, problem: string, allowed: string) {
    super(`${field} ${problem}: it must be ${allowed}`)
    this.problems = [{ field, problem, allowed }]
  }
}

/** The code in its normal form. */
export function readCode(given: unknown): string {
  const code = typeof given === 'string' ? given.toUpperCase().replace(/[\s-]/g, '') : ''
  if (!/^[A-Z0-9]{8,16}$/.test(code)) {
    throw new InvalidInputError('cpnNo', 'is no coupon number', '8 to 16 letters and digits')
  }
  return code
}

export function readNewCoupon(body: Readonly<Record<string, unknown>>): NewCoupon {
  return {
    code: readText(body.cpnNo) === null ? makeCode() : readCode(body.cpnNo),
    name: readText(body.nm) ?? '',
    discountType: readInteger('discTypeIdx', body.discTypeIdx ?? 457),
    discount: readInteger('disc', body.disc),
    startsOn: readText(body.strtYmd),
    endsOn: readText(body.endYmd),
    useLimit: readInteger('useLimit', body.useLimit ?? 0),
  }
}

export function readRedeemRequest(request: Request): RedeemRequest {
  return {
    code: readCode(request.body?.cpnNo),
    userId: readText(request.body?.userId),
    memo: readText(request.body?.memo),
    idempotencyKey: request.get('Idempotency-Key') ?? null,
  }
}

/** Empty is absent, as the contract has it. */
export function readText(given: unknown): string | null {
  return typeof given === 'string' && given !== '' ? given : null
}

function readInteger(field: string, given: unknown): number {
  if (!Number.isSafeInteger(given) || Number(given) < 0) {
    throw new InvalidInputError(field, 'is no such number', 'an integer from 0')
  }
  return Number(given)
}

const SYMBOLS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

function makeCode(): string {
  return Array.from(randomBytes(12), (byte) => SYMBOLS[byte % SYMBOLS.length]).join('')
}
