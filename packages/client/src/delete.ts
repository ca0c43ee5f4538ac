import { requireCode } from './call-input.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'

export interface DeleteInput extends KeyedInput {
  /** As typed: hyphens, spaces and lower case are fine. */
  readonly code: string
}

const DELETE_REJECTIONS = ['NOT_FOUND'] as const

export type DeleteRejection = (typeof DELETE_REJECTIONS)[number]

export type DeleteResult =
  | ({ readonly outcome: 'deleted' } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: DeleteRejection }
  | UnknownRejection
  | WriteRefusal

export const deleteOperation: WriteOperation<DeleteInput, DeleteResult> = {
  toRequest: ({ code }) => ({
    method: 'DELETE',
    resource: 'delete',
    query: { cpnNo: requireCode(code) },
  }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, DELETE_REJECTIONS)
    return { outcome: 'deleted', idempotencyKey, replayed: verdict.replayed }
  },
}
