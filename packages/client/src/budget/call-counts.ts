import type { CallEffect } from '../call.ts'

/** What a token of the budget is for. */
export type CallKind = CallEffect['kind']

/** How many of each kind. */
export type CallCounts = Readonly<Record<CallKind, number>>

export const NO_CALLS: CallCounts = { read: 0, write: 0 }

export function addCalls(a: CallCounts, b: CallCounts): CallCounts {
  return { read: a.read + b.read, write: a.write + b.write }
}

export function subtractCalls(a: CallCounts, b: CallCounts): CallCounts {
  return { read: a.read - b.read, write: a.write - b.write }
}

export function sumOf({ read, write }: CallCounts): number {
  return read + write
}
