import { DatabaseUnavailableError } from '@coupon-gateway/database'
import type { BatchedOptions, batchTakes } from '../../src/strategies/batched.ts'
import type { Overloaded, Take, TakeStrategy, TakeVerdict } from '../../src/take.ts'
import type { SettleRequest, SettleVerdict } from './coupon-model.ts'
import type { Answer, Call, History } from './history.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedStore } from './simulated-store.ts'

/** An api process, with a strategy of its own in its memory. It dies with all that waits in it, and comes back. */
export interface SimulatedProcess {
  /** Null: it is down, and the connection was refused. */
  take(request: Omit<Take, 'id'>): Promise<Answer<TakeVerdict | Overloaded>> | null
  settle(request: SettleRequest): Promise<Answer<SettleVerdict>> | null
  crash(): void
}

/** From start to crash. */
interface Life {
  readonly strategy: TakeStrategy
  readonly calls: Set<Call<unknown, unknown> & { end(answer: Answer<never>): void }>
}

export function createSimulatedProcess(
  { scheduler, random, network, store, history }: Surroundings,
  createStrategy: typeof batchTakes,
  batching: BatchedOptions,
): SimulatedProcess {
  let life: Life | null = start()

  function start(): Life {
    // No two processes agree on what time it is.
    const clockStart = random.integer(0, 10_000)
    const born: Life = {
      strategy: createStrategy(
        (takes) => statement(born, () => store.decide(takes)),
        () => scheduler.now() + clockStart,
        batching,
      ),
      calls: new Set(),
    }
    return born
  }

  /** The dead send nothing, and hear nothing. */
  function statement<Result>(sender: Life, run: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (life !== sender) return
      const crashSender = () => {
        if (life === sender) crash()
      }
      network.run(run, { crash: crashSender }).then(
        (result) => life === sender && resolve(result),
        (error) => life === sender && reject(error),
      )
    })
  }

  /** Records a call from its arrival to its answer. */
  function record<Request, Verdict>(
    log: Call<Request, Verdict>[],
    request: Request,
    decide: (life: Life) => Promise<Verdict>,
  ): Promise<Answer<Verdict>> | null {
    const current = life
    if (current === null) return null
    const { promise, resolve } = Promise.withResolvers<Answer<Verdict>>()
    const call = {
      request,
      calledAt: scheduler.tick(),
      answer: null as Answer<Verdict> | null,
      answeredAt: null as number | null,
      end(answer: Answer<Verdict>) {
        if (!current.calls.delete(call)) return
        call.answer = answer
        call.answeredAt = scheduler.tick()
        resolve(answer)
      },
    }
    current.calls.add(call)
    log.push(call)
    decide(current).then(
      (verdict) => call.end({ kind: 'verdict', verdict }),
      (error: Error) =>
        call.end(
          error instanceof DatabaseUnavailableError
            ? { kind: 'unknown' }
            : { kind: 'failed', message: error.message },
        ),
    )
    return promise
  }

  function crash(): void {
    if (life === null) return
    const { calls } = life
    life = null
    for (const call of calls) call.end({ kind: 'crashed' })
    scheduler.after(random.integer(1, 30), () => {
      life = start()
    })
  }

  return {
    take(withoutId) {
      const request = { ...withoutId, id: `unit-${history.takes.length + 1}` }
      return record(history.takes, request, ({ strategy }) => strategy.take(request))
    },
    settle: (request) =>
      record(history.settles, request, (current) =>
        statement(current, () => store.settle(request)),
      ),
    crash,
  }
}

export interface Surroundings {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly network: Network
  readonly store: SimulatedStore
  readonly history: History
}
