import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<string>()

/** Runs a request under its id, which its errors, its logs and its upstream calls carry. */
export function withCorrelationId<Result>(id: string, run: () => Result): Result {
  return current.run(id, run)
}

/** The id of the request that is being served. */
export function correlationId(): string | undefined {
  return current.getStore()
}
