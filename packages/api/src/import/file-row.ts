import type { ToldProblem } from '../told-problem.ts'

/** A row of a file to import, as far as it could be read. Empty lines are none. */
export type FileRow =
  | { readonly line: number; readonly fields: unknown }
  /** `isLast`: what comes after it cannot be read. */
  | { readonly line: number; readonly problems: readonly ToldProblem[]; readonly isLast: boolean }

/** As large as the body of a call may be: far more than a coupon with every text full. */
export const MAX_ROW_BYTES = 64 * 1024

export function unreadable(line: number, problem: string, allowed: string): FileRow {
  return { line, problems: [{ field: 'file', problem, allowed }], isLast: true }
}
