import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

it('a worker that ended while others still started was missing for good, and is replaced now', async () => {
  const program = fileURLToPath(new URL('ended-while-starting.ts', import.meta.url))
  const primary = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void primary.kill('SIGKILL'))
  const [stdout, stderr] = await Promise.all([text(primary.stdout), text(primary.stderr)])
  expect(stderr).toBe('worker 1 ended (exit code 0), another one takes its place in 0 ms\n')
  expect(JSON.parse(stdout)).toEqual({ ready: 2, restarts: 1 })
}, 30_000)
