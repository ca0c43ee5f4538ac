import { type CouponCore, type GroupsOfAccount, MAX_BULK_COUNT } from '@coupon-gateway/core'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import { isProblems } from '../input-object.ts'
import type { ToldProblem } from '../told-problem.ts'
import { type ImportFile, readRows } from './import-file.ts'
import { readImportRow } from './import-row.ts'

/** A row that cannot be imported, and why. */
export interface BadRow {
  readonly line: number
  readonly problems: readonly ToldProblem[]
}

export interface CheckImportInput {
  readonly accountId: number
  readonly file: ImportFile
  readonly groups: GroupsOfAccount
  /** Rows from the first one on that an earlier run has imported. */
  readonly done: number
}

export interface CheckedImport {
  readonly rows: number
  readonly badRows: number
}

/** Rows whose codes are looked for in the database at once. */
const BATCH_SIZE = 1_000

interface ReadRow extends BadRow {
  readonly code?: CouponCode
  /** Its coupon is there already, by an earlier run. */
  readonly isImported: boolean
}

/**
 * Reads a whole file and tells of every bad row, in the order of the file: fields against their rules, codes that the
 * file has twice, and codes that living coupons have. Changes nothing.
 */
export async function checkImport(
  core: CouponCore,
  { accountId, file, groups, done }: CheckImportInput,
  onBadRow: (row: BadRow) => Promise<void>,
  onProgress: (rows: number) => void,
): Promise<CheckedImport> {
  const lineOfCode = new Map<CouponCode, number>()
  let rows = 0
  let badRows = 0
  let batch: ReadRow[] = []
  for await (const row of readRows(file)) {
    rows += 1
    batch.push(readRow(row, groups, rows <= done, lineOfCode))
    if (rows > MAX_BULK_COUNT) batch.push(tooMany(row.line))
    if (batch.length >= BATCH_SIZE) {
      badRows += await tellBadRows(core, accountId, batch, onBadRow)
      batch = []
      onProgress(rows)
    }
    if (rows > MAX_BULK_COUNT) break
  }
  badRows += await tellBadRows(core, accountId, batch, onBadRow)
  return { rows, badRows }
}

function readRow(
  row: { line: number } & ({ fields: unknown } | { problems: readonly ToldProblem[] }),
  groups: GroupsOfAccount,
  isImported: boolean,
  lineOfCode: Map<CouponCode, number>,
): ReadRow {
  const { line } = row
  if ('problems' in row) return { line, problems: row.problems, isImported }
  const read = readImportRow(row.fields, groups)
  if (isProblems(read)) return { line, problems: read, isImported }
  const { code } = read
  const firstLine = lineOfCode.get(code)
  if (firstLine === undefined) {
    lineOfCode.set(code, line)
    return { line, problems: [], code, isImported }
  }
  const problem = `is ${code} as in line ${firstLine}`
  return { line, problems: [{ field: 'cpnNo', problem, allowed: ANOTHER_NUMBER }], isImported }
}

async function tellBadRows(
  core: CouponCore,
  accountId: number,
  batch: readonly ReadRow[],
  onBadRow: (row: BadRow) => Promise<void>,
): Promise<number> {
  const codes = batch.flatMap(({ code, isImported }) =>
    code === undefined || isImported ? [] : [code],
  )
  const taken = await core.findTakenCodes(accountId, codes)
  let badRows = 0
  for (const { line, problems, code, isImported } of batch) {
    const isTaken = code !== undefined && !isImported && taken.has(code)
    if (problems.length === 0 && !isTaken) continue
    badRows += 1
    await onBadRow({ line, problems: isTaken ? [takenProblem(code)] : problems })
  }
  return badRows
}

const ANOTHER_NUMBER = 'a number that no other coupon has'

export function takenProblem(code: CouponCode): ToldProblem {
  return {
    field: 'cpnNo',
    problem: `is ${code}, which a coupon of the account has`,
    allowed: ANOTHER_NUMBER,
  }
}

function tooMany(line: number): ReadRow {
  return {
    line,
    problems: [
      { field: 'file', problem: 'has too many rows', allowed: `at most ${MAX_BULK_COUNT} rows` },
    ],
    isImported: false,
  }
}
