import { readTreeTicks } from '../runner/cpu-watch.ts'

const TICK_MICROSECONDS = 10_000
const SAMPLE_MS = 100

/** Counts what processes take of the CPU, each with its children: PostgreSQL's backends, a cluster's workers. */
export class CpuMeter {
  readonly #processes: readonly { name: string; pid: number; from: number; to: number }[]
  readonly #timer: NodeJS.Timeout

  constructor(pids: Readonly<Record<string, number>>) {
    this.#processes = Object.entries(pids).map(([name, pid]) => {
      const ticks = readTreeTicks(pid) ?? 0
      return { name, pid, from: ticks, to: ticks }
    })
    // A process that ends takes its count along: the last sample is what is known of it.
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS)
  }

  /** Microseconds of CPU since the meter began, by name. */
  stop(): Readonly<Record<string, number>> {
    clearInterval(this.#timer)
    this.#sample()
    return Object.fromEntries(
      this.#processes.map(({ name, from, to }) => [name, (to - from) * TICK_MICROSECONDS]),
    )
  }

  #sample(): void {
    for (const it of this.#processes) it.to = Math.max(it.to, readTreeTicks(it.pid) ?? 0)
  }
}
