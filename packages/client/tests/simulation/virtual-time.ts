import type { Clock } from '../../src/index.ts'

/** Time that goes from event to event, in the order of their moments. */
export interface VirtualTime {
  readonly nowMs: number
  /** The answer takes the event back. */
  at(delayMs: number, event: () => void): () => void
  /** Runs events until there is none before `endMs`. After each, everything that follows from it happens first. */
  runUntil(endMs: number): Promise<void>
}

export function createVirtualTime(): VirtualTime {
  const heap: Event[] = []
  let nowMs = 0
  let count = 0
  return {
    get nowMs() {
      return nowMs
    },
    at(delayMs, run) {
      const event: Event = { atMs: nowMs + Math.max(0, delayMs), order: count, run }
      count += 1
      push(heap, event)
      return () => {
        event.run = null
      }
    },
    async runUntil(endMs) {
      for (;;) {
        await allThatFollows()
        const event = heap[0]
        if (event === undefined || event.atMs > endMs) break
        pop(heap)
        if (event.run === null) continue
        nowMs = event.atMs
        event.run()
      }
      nowMs = endMs
    },
  }
}

/** The time as one process sees it, until it is killed. */
export function clockOf(time: VirtualTime, isAlive: () => boolean): Clock {
  const clock: Clock = {
    monotonicMs: () => time.nowMs,
    epochMs: () => Date.UTC(2026, 0, 1) + time.nowMs,
    startTimer: (delayMs, callback) =>
      time.at(delayMs, () => {
        if (isAlive()) callback()
      }),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const wake = () => {
          stopTimer()
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const stopTimer = clock.startTimer(delayMs, wake)
        signal?.addEventListener('abort', wake)
      }),
  }
  return clock
}

/** Every promise that can settle has settled, and what waited for it has run. */
function allThatFollows(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Event {
  readonly atMs: number
  readonly order: number
  run: (() => void) | null
}

const isBefore = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

function push(heap: Event[], event: Event): void {
  let index = heap.length
  heap.push(event)
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (isBefore(heap[parent] as Event, event)) break
    heap[index] = heap[parent] as Event
    index = parent
  }
  heap[index] = event
}

function pop(heap: Event[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let index = 0
  for (;;) {
    let child = 2 * index + 1
    if (child >= heap.length) break
    const right = child + 1
    if (right < heap.length && isBefore(heap[right] as Event, heap[child] as Event)) child = right
    if (isBefore(last, heap[child] as Event)) break
    heap[index] = heap[child] as Event
    index = child
  }
  heap[index] = last
}
