import { describe, expect, it } from 'vitest'
import { type ChaosTarget, carryOut } from './carry-out.ts'
import type { Fault, ScheduledFault } from './fault.ts'

const AT_ONCE = (fault: Fault): ScheduledFault => ({ atMs: 0, fault })
const FAULTS: readonly Fault[] = [
  { kind: 'kill', part: 'api', downMs: 1 },
  { kind: 'reset', link: 'callers' },
  { kind: 'delay', link: 'callers', delayMs: 40, durationMs: 1 },
  { kind: 'lose-answers', link: 'callers', durationMs: 1 },
]

function makeTarget(): { readonly target: ChaosTarget; readonly done: string[] } {
  const done: string[] = []
  const note = (what: string) => () => {
    done.push(what)
  }
  const crash = async () => {
    done.push('crash')
    return async () => note('restart')()
  }
  const proxy = {
    host: '127.0.0.1',
    port: 1,
    resetAll: note('reset'),
    setDelay: (delayMs: number) => note(`delay ${delayMs}`)(),
    loseAnswers: note('lose'),
    stopLosingAnswers: note('stop losing'),
    close: async () => {},
  }
  return { target: { parts: { api: { crash } }, links: { callers: [proxy] } }, done }
}

const carryOutAll = (faults: readonly Fault[], target: ChaosTarget, signal: AbortSignal) =>
  carryOut(faults.map(AT_ONCE), target, { signal, onProgress: () => {} })

describe('carrying out a schedule', () => {
  it('does each fault to its part or link and undoes it, one after the other', async () => {
    const { target, done } = makeTarget()
    const carriedOut = await carryOutAll(FAULTS, target, new AbortController().signal)
    expect(done).toEqual([
      ...['crash', 'restart', 'reset', 'delay 40', 'delay 0', 'lose', 'stop losing'],
    ])
    expect(carriedOut.map(({ fault }) => fault)).toEqual(FAULTS)
  })

  it('brings back what is down when the load is over, and begins nothing more', async () => {
    const { target, done } = makeTarget()
    const load = new AbortController()
    const running = carryOutAll(
      [{ kind: 'kill', part: 'api', downMs: 3_600_000 }, ...FAULTS],
      target,
      load.signal,
    )
    while (done.length === 0) await new Promise((resolve) => setImmediate(resolve))
    load.abort()
    expect(await running).toHaveLength(1)
    expect(done).toEqual(['crash', 'restart'])
  })

  it('refuses a fault that the target has no part or link for', async () => {
    const { target } = makeTarget()
    const none = { ...target, links: {} }
    const carried = carryOutAll(
      [{ kind: 'reset', link: 'upstream' }],
      none,
      new AbortController().signal,
    )
    await expect(carried).rejects.toThrow('the target has no proxy on its upstream link')
  })
})
