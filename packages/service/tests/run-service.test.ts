import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** Its clock runs a thousand times faster, so that seconds of grace are milliseconds. */
const FAST_CLOCK = `
  import { setTimeout as sleep } from 'node:timers/promises'
  import { promisify } from 'node:util'
  const { setTimeout } = globalThis
  globalThis.setTimeout = (action, ms) => setTimeout(action, ms / 1000)
  globalThis.setTimeout[promisify.custom] = (ms, value) => sleep(ms / 1000, value)
`

/** Runs a process with a service whose stop is `stop`, asks it to stop, and answers with how it ended. */
async function stopService(stop: string): Promise<{ exitCode: number | null; stderr: string }> {
  const index = new URL('../src/index.ts', import.meta.url).href
  const script = `${FAST_CLOCK}
    const { runService } = await import('${index}')
    setInterval(() => {}, 1e6)
    await runService('api', async () => ({ async stop() { ${stop} } }))
    process.kill(process.pid, 'SIGTERM')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { exitCode: child.exitCode, stderr }
}

it('a stop that ends in time says nothing', async () => {
  expect(await stopService('')).toEqual({ exitCode: 0, stderr: '' })
})

it('a stop that never ends left the database open in silence, and says so now', async () => {
  expect(await stopService('await new Promise(() => {})')).toEqual({
    exitCode: 1,
    stderr:
      'api did not stop within 15 s and ends as it is: requests or its database were not closed\n',
  })
})

it('a stop that failed was exit code 1 without a word, and says why now', async () => {
  const { exitCode, stderr } = await stopService(`throw new Error('the pool is gone')`)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^api did not stop cleanly: Error: the pool is gone\n/)
})

it('an error while it stops was exit code 1 without a word, and says why now', async () => {
  const { exitCode, stderr } = await stopService(
    `process.nextTick(() => { throw new Error('too late') }); await new Promise(() => {})`,
  )
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^api failed while it stopped: Error: too late\n/)
})
