import { DatabaseBusyError, DatabaseUnavailableError } from '@coupon-gateway/database'
import type { Fault, Plan } from './plan.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

export interface Network {
  /**
   * Runs a statement in the store, for a process that may crash over it.
   * @throws DatabaseUnavailableError it may have had its effect, or may have it later
   * @throws DatabaseBusyError it had no effect
   */
  run<Result>(statement: () => Result, process: { crash(): void }): Promise<Result>
  /** How long a message is under way. */
  delayMs(): number
  happens(fault: Fault): boolean
  /** Whether anything can still go wrong. */
  isFaulty(): boolean
}

export function createNetwork(
  scheduler: Scheduler,
  random: Random,
  { faults, healMs }: Plan,
  occurrences: Set<string>,
): Network {
  const { after } = scheduler
  const isFaulty = () => scheduler.now() < healMs
  function happens(fault: Fault): boolean {
    const isHappening = isFaulty() && random.chance(faults[fault])
    if (isHappening) occurrences.add(fault)
    return isHappening
  }
  const delayMs = () => random.integer(0, 4) + (happens('slow') ? random.integer(0, 60) : 0)

  function run<Result>(statement: () => Result, process: { crash(): void }): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const there = delayMs()
    const back = delayMs()
    const lose = () => reject(new DatabaseUnavailableError('the connection was lost'))
    const ignoreResult = () => {
      try {
        statement()
      } catch {
        // Undone, and nobody is told.
      }
    }

    if (happens('connection lost before the statement arrives')) {
      after(there, lose)
    } else if (happens('connection lost while the statement runs on')) {
      after(there, lose)
      after(there + random.integer(0, 60), ignoreResult)
    } else if (happens('connection lost after commit')) {
      after(there, () => {
        ignoreResult()
        after(back, lose)
      })
    } else if (happens('crash before commit')) {
      after(there, () => process.crash())
    } else if (happens('crash after commit')) {
      after(there, () => {
        ignoreResult()
        process.crash()
      })
    } else if (happens('store busy')) {
      after(there + back, () => reject(new DatabaseBusyError('the store is busy')))
    } else {
      after(there, () => {
        after(back, attempt(statement, resolve, reject))
      })
    }
    return promise
  }

  return { run, delayMs, happens, isFaulty }
}

/** Runs a statement, and answers with what remains to be done: telling its result, or its error. */
function attempt<Result>(
  statement: () => Result,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const result = statement()
    return () => resolve(result)
  } catch (error) {
    return () => reject(error)
  }
}
