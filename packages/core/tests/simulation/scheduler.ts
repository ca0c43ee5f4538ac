import type { Random } from './random.ts'

/**
 * Everything that happens in a simulation is an event of its scheduler: a message that arrives, a timer that fires, a
 * process that dies. Events happen one at a time, and all that code does in answer to one happens before the next.
 * Virtual time jumps from event to event; which of several at one moment comes first is the seed's choice.
 */
export interface Scheduler {
  /** Virtual milliseconds. */
  now(): number
  /** The number of the event that is happening: the place in history, which no two events share. */
  tick(): number
  after(delayMs: number, happen: () => void): void
  sleep(delayMs: number): Promise<void>
  /** Lets events happen until there are no more, and calls `observe` after each. */
  run(observe: () => void): Promise<void>
}

interface Event {
  readonly at: number
  readonly happen: () => void
}

/** A run has a few hundred; one that has so many more goes round in circles. */
const MAX_EVENTS = 20_000

export function createScheduler(random: Random): Scheduler {
  const events: Event[] = []
  let now = 0
  let tick = 0

  function takeNext(): Event | undefined {
    let earliest = Number.POSITIVE_INFINITY
    for (const { at } of events) if (at < earliest) earliest = at
    const candidates: number[] = []
    for (const [index, { at }] of events.entries()) if (at === earliest) candidates.push(index)
    return candidates.length === 0 ? undefined : events.splice(random.pick(candidates), 1)[0]
  }

  const after = (delayMs: number, happen: () => void) => {
    events.push({ at: now + delayMs, happen })
  }

  return {
    now: () => now,
    tick: () => tick,
    after,
    sleep: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    async run(observe) {
      for (let next = takeNext(); next !== undefined; next = takeNext()) {
        now = next.at
        tick += 1
        if (tick > MAX_EVENTS) throw new Error(`the run has not ended after ${MAX_EVENTS} events`)
        next.happen()
        await promisesToSettle()
        observe()
      }
    },
  }
}

/**
 * Node starts what is due by `setImmediate` only when no promise can go on by itself any more. Nothing else of the
 * event loop takes part in a simulation, so real time has no say in its order.
 */
function promisesToSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
