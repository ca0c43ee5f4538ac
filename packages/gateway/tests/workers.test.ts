import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { NO_UPSTREAM, send, startGateway } from './gateway-under-test.ts'

const PATIENCE = { timeout: 30_000 }

let gateway: ServiceProcess | undefined
afterEach(() => gateway?.kill())

describe('workers', () => {
  const pids = (): readonly number[] =>
    (gateway?.output() ?? '')
      .split('\n')
      .filter((line) => line.includes('Server listening'))
      .map((line) => JSON.parse(line).pid)
  const isRunning = (pid: number) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  const limitOf = async (gateway: ServiceProcess) =>
    (await send(gateway, { body: { query: '{ rateLimit { limit } }' } })).data.rateLimit.limit

  it('take the place of those that end, divide budgets, and end with the primary', async () => {
    gateway = await startGateway(NO_UPSTREAM, { GATEWAY_WORKERS: '2', LOG_LEVEL: 'info' })
    // The last line of the second worker comes by another way than its word that it is ready.
    await vi.waitFor(() => expect(pids()).toHaveLength(2), PATIENCE)
    expect(new Set([...pids(), gateway.pid]).size).toBe(3)
    // Each of the two has half of what the demo's key may.
    expect(await limitOf(gateway)).toBe(50_000_000)

    const [first, second] = pids() as [number, number]
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(pids()).toHaveLength(3), PATIENCE)
    expect(gateway.output()).toContain(
      'worker 1 ended (SIGKILL), another one takes its place in 100 ms',
    )
    // In order: it drains, and nobody has to wait for its successor.
    process.kill(second, 'SIGTERM')
    await vi.waitFor(() => expect(pids()).toHaveLength(4), PATIENCE)
    expect(gateway.output()).toContain(
      'worker 2 ended (exit code 0), another one takes its place in 0 ms',
    )
    expect(await limitOf(gateway)).toBe(50_000_000)

    await gateway.kill()
    await vi.waitFor(() => expect(pids().filter(isRunning)).toEqual([]), PATIENCE)
  })

  it('that cannot start stop the start, with a line that says why', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await expect(
      startGateway(NO_UPSTREAM, { GATEWAY_WORKERS: '2', GATEWAY_PORT: String(port) }),
    ).rejects.toThrow(
      `gateway did not start: port ${port} on 127.0.0.1 is taken by another process; stop it or choose another port\n`,
    )
    taken.close()
  })
})
