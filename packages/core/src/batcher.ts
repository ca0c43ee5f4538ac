/**
 * Natural batching: what arrives while a flush is in flight waits for it, and then goes together as the next one.
 *
 *     arrivals   a      b c d        e f g h i
 *     flushes    [a]----[b c d]------[e f g h i]---
 *
 * The trade: nobody waits for a timer, so an idle system has batches of one and the lowest latency, and a busy one
 * has batches of hundreds and the highest throughput; the batch grows exactly when there is something to gain.
 * What one batch costs is shared by its items: one transaction, one flush to disk, one lock of the hot row.
 *
 * What holds:
 * - items of one lane are flushed in the order of their arrival, at most one flush of a lane is in flight;
 * - an item is flushed at most once, except that a batch that fails is halved until the bad item fails alone
 *   (a failed flush had no effect), and that an item with the key of one under way waits for that one's end;
 * - an item whose deadline has passed, or that finds the queue full, was never flushed and had no effect;
 * - when a flush fails so that its outcome is not known, or answers with too few or too many verdicts, every item of
 *   it fails with that error, and none is flushed again: the caller repeats with its key.
 */
export interface Batcher<Item, Verdict> {
  /**
   * Queues an item and answers with its verdict.
   * @param deadline moment, by the batcher's clock, after which the item is not flushed any more
   */
  submit(item: Item, deadline: number): Promise<Verdict | Refused>
}

/** The item was never flushed: the queue is full, or its deadline passed while it waited. */
export interface Refused {
  readonly outcome: 'overloaded'
  /** When the queue should be short enough again, by the pace of the last flush. */
  readonly retryAfterMs: number
}

export interface BatcherOptions<Item, Verdict> {
  /** Decides a batch: one verdict for each item, in their order. */
  readonly flush: (items: readonly Item[]) => Promise<readonly Verdict[]>
  /** Items with the same text are in the same lane. */
  readonly laneOf: (item: Item) => string
  /** Items with the same text are never in flight together; null is the same as no other. */
  readonly keyOf: (item: Item) => string | null
  /** Whether a failed flush may have had its effect. */
  readonly isOutcomeUnknown: (error: unknown) => boolean
  /** Lanes, and so flushes in flight at a time. */
  readonly lanes: number
  readonly maxBatch: number
  /** Items that may wait in one lane. */
  readonly maxQueued: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  /**
   * Runs work after the flush that was just begun is on its way. Callers are told their verdicts then: what they do
   * next takes this process's time while the database works, and not while it waits. Default `process.nextTick`.
   */
  readonly defer?: (work: () => void) => void
  /**
   * Settles when everything that has already come belongs to the next batch. By default that is what the current turn
   * of the event loop brings: while a flush waits for a database elsewhere, the turns bring the rest. A flush that
   * keeps the event loop to itself lets nothing come in: there it has to wait until the loop has looked.
   */
  readonly gather?: () => Promise<void>
}

interface Waiting<Item, Verdict> {
  readonly item: Item
  readonly deadline: number
  readonly resolve: (verdict: Verdict | Refused) => void
  readonly reject: (error: unknown) => void
}

interface Lane<Item, Verdict> {
  readonly queue: Waiting<Item, Verdict>[]
  isFlushing: boolean
  lastFlushMs: number
}

const MIN_RETRY_AFTER_MS = 50

export function createBatcher<Item, Verdict>(
  options: BatcherOptions<Item, Verdict>,
): Batcher<Item, Verdict> {
  const { flush, laneOf, keyOf, isOutcomeUnknown, maxBatch, maxQueued, now } = options
  const { defer = process.nextTick, gather = () => Promise.resolve() } = options
  const lanes: Lane<Item, Verdict>[] = Array.from({ length: options.lanes }, () => ({
    queue: [],
    isFlushing: false,
    lastFlushMs: 0,
  }))
  const underWay = new Map<string, Promise<unknown>>()

  function submit(item: Item, deadline: number): Promise<Verdict | Refused> {
    const key = keyOf(item)
    if (key === null) return enqueue(item, deadline)
    const before = underWay.get(key)
    // Whatever became of the one before: this one is decided after it.
    const verdict =
      before === undefined
        ? enqueue(item, deadline)
        : before.then(
            () => enqueue(item, deadline),
            () => enqueue(item, deadline),
          )
    underWay.set(key, verdict)
    const forget = () => {
      if (underWay.get(key) === verdict) underWay.delete(key)
    }
    verdict.then(forget, forget)
    return verdict
  }

  function enqueue(item: Item, deadline: number): Promise<Verdict | Refused> {
    const lane = lanes[hash(laneOf(item)) % lanes.length] as Lane<Item, Verdict>
    if (lane.queue.length >= maxQueued) return Promise.resolve(refuse(lane))
    return new Promise((resolve, reject) => {
      lane.queue.push({ item, deadline, resolve, reject })
      if (!lane.isFlushing) void flushUntilEmpty(lane)
    })
  }

  async function flushUntilEmpty(lane: Lane<Item, Verdict>): Promise<void> {
    lane.isFlushing = true
    for (;;) {
      await gather()
      if (lane.queue.length === 0) break
      const startedAt = now()
      await flushHalving(lane, lane.queue.splice(0, maxBatch))
      lane.lastFlushMs = now() - startedAt
    }
    lane.isFlushing = false
  }

  async function flushHalving(
    lane: Lane<Item, Verdict>,
    batch: readonly Waiting<Item, Verdict>[],
  ): Promise<void> {
    const due = batch.filter((waiting) => {
      const isLate = now() > waiting.deadline
      if (isLate) waiting.resolve(refuse(lane))
      return !isLate
    })
    if (due.length === 0) return
    let verdicts: readonly Verdict[]
    try {
      verdicts = await flush(due.map(({ item }) => item))
    } catch (error) {
      if (due.length === 1 || isOutcomeUnknown(error)) {
        for (const { reject } of due) reject(error)
        return
      }
      const middle = due.length >> 1
      await flushHalving(lane, due.slice(0, middle))
      await flushHalving(lane, due.slice(middle))
      return
    }
    if (verdicts.length !== due.length) {
      // It has had its effect, and nobody knows whose verdict is whose: outside the `try`, so that it is not halved.
      const error = new Error(`a flush of ${due.length} items gave ${verdicts.length} verdicts`)
      for (const { reject } of due) reject(error)
      return
    }
    const tell = () => {
      for (const [index, { resolve }] of due.entries()) resolve(verdicts[index] as Verdict)
    }
    if (lane.queue.length > 0) defer(tell)
    else tell()
  }

  function refuse({ queue, lastFlushMs }: Lane<Item, Verdict>): Refused {
    const flushesAhead = Math.ceil(queue.length / maxBatch) + 1
    return {
      outcome: 'overloaded',
      retryAfterMs: Math.max(MIN_RETRY_AFTER_MS, Math.ceil(flushesAhead * lastFlushMs)),
    }
  }

  return { submit }
}

/** FNV-1a: spreads texts over lanes evenly. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}
