import type { Database } from '@coupon-gateway/database'
import { findDifferences } from '../src/verify.ts'
import type { Operation, Told } from './operation.ts'

interface Row {
  readonly id: string
  readonly key: string | null
  readonly ordinal: number | null
  readonly status: string
}

/**
 * Compares everything that callers were told with the database, and the database with itself. Every outcome must be
 * known: unknown ones are replayed before.
 *
 * @returns one line a difference, none when all is right
 */
export async function verifySoak(
  database: Database,
  operations: ReadonlyMap<string, Operation>,
  told: ReadonlyMap<string, Told>,
): Promise<readonly string[]> {
  const rows = await database.query<Row>(
    'select id, idempotency_key as key, ordinal, status from redemption',
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const differences: string[] = []
  for (const [key, { kind }] of operations) {
    const answer = told.get(key)
    if (answer === undefined) {
      differences.push(`${kind} ${key}: its outcome is not known`)
      continue
    }
    const row = answer.redemptionId === undefined ? undefined : byId.get(answer.redemptionId)
    if (answer.outcome === 'redeemed' || answer.outcome === 'reserved') {
      if (row?.key !== key || row.ordinal !== (answer.ordinal ?? null)) {
        differences.push(
          `${kind} ${key}: told ${JSON.stringify(answer)}, logged ${JSON.stringify(row)}`,
        )
      }
    } else if (kind === 'redeem' || kind === 'reserve') {
      if (byKey.has(key))
        differences.push(`${kind} ${key}: told ${answer.outcome}, yet it is in the log`)
    }
    if (answer.status !== undefined && row !== undefined && !canBecome(answer.status, row.status)) {
      differences.push(`${kind} ${key}: told ${answer.status}, logged ${row.status}`)
    }
  }
  for (const { key } of rows) {
    if (key === null || !operations.has(key))
      differences.push(`the log has ${key}, which nobody asked for`)
  }
  const broken = await findDifferences(database)
  return [...differences, ...broken.map(({ code, rule, found }) => `${code}: ${rule}: ${found}`)]
}

function canBecome(told: string, logged: string): boolean {
  return (
    told === logged ||
    (told === 'REDEEMED' && logged === 'ROLLED_BACK') ||
    (told === 'EXPIRED' && logged === 'REDEEMED')
  )
}
