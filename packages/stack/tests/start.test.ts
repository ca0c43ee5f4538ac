import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const START = fileURLToPath(new URL('../src/start.ts', import.meta.url))

let dataDirectory: string
let environment: Record<string, string>
const running = new Set<ChildProcess>()

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'coupon-gateway-stack-'))
  environment = {
    DATA_DIR: dataDirectory,
    API_PORT: String(await getPort()),
    GATEWAY_PORT: String(await getPort()),
  }
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})
afterAll(() => rm(dataDirectory, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  output(): string
  /** Settles when the starter and every service, which share its output, have ended. */
  readonly ended: Promise<number | null>
}

/** Runs what `pnpm start` runs, in a process group of its own, as a shell does. */
function start(changes: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ...environment, ...changes },
    detached: true,
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(() => {
    running.delete(child)
    return child.exitCode
  })
  return { child, output: () => output, ended }
}

async function untilReady(started: Started): Promise<void> {
  const { stdout } = started.child
  if (stdout === null) throw new Error('it has no output')
  while (!started.output().includes('is running')) await once(stdout, 'data')
}

async function redeem(code: string, idempotencyKey: string) {
  const response = await fetch(`http://127.0.0.1:${environment.GATEWAY_PORT}/graphql`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({
      query: `mutation ($input: RedeemCouponInput!) {
        redeemCoupon(input: $input) { redemption { id } replayed userErrors { code } }
      }`,
      variables: { input: { code, idempotencyKey } },
    }),
  })
  const { data } = (await response.json()) as {
    data: {
      redeemCoupon: {
        redemption: { id: string } | null
        replayed: boolean
        userErrors: { code: string }[]
      }
    }
  }
  return data.redeemCoupon
}

describe('start', () => {
  it('serves the demo, stops on Ctrl-C, and finds its data when started again', async () => {
    const first = start()
    await untilReady(first)
    for (const part of [
      `http://127.0.0.1:${environment.GATEWAY_PORT}/graphql`,
      `http://127.0.0.1:${environment.API_PORT}/api/coupon/v1`,
      'sk_demo',
      'demo_personal_key',
      'SINGLEUSE1',
      'curl',
    ]) {
      expect(first.output()).toContain(part)
    }
    const redeemed = await redeem('SINGLEUSE1', 'first-key')
    expect(redeemed).toMatchObject({ replayed: false, userErrors: [] })

    // The terminal sends Ctrl-C to the whole foreground group.
    process.kill(-(first.child.pid ?? 0), 'SIGINT')
    expect(await first.ended).toBe(0)
    expect(first.output()).not.toMatch(/error|fail/i)

    const second = start()
    await untilReady(second)
    expect(await redeem('SINGLEUSE1', 'second-key')).toMatchObject({
      userErrors: [{ code: 'EXHAUSTED' }],
    })
    expect(await redeem('SINGLEUSE1', 'first-key')).toEqual({ ...redeemed, replayed: true })
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('takes its services along when it is killed, so that the data is free for the next start', async () => {
    const first = start()
    await untilReady(first)
    first.child.kill('SIGKILL')
    // The services hold its output open as long as they live.
    await first.ended
    const second = start()
    await untilReady(second)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
  })
})

describe('a start that cannot be is one readable line and exit code 1:', () => {
  const failureOf = async (changes: Record<string, string>) => {
    const failed = start(changes)
    expect(await failed.ended).toBe(1)
    return failed.output()
  }

  it.each([
    [{ API_PORT: 'x' }, 'API_PORT must be an integer from 0 to 65535, got "x"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn'],
    [{ UPSTREAM_PROFILE: 'other' }, 'UPSTREAM_PROFILE must be one of native, hosted, got "other"'],
  ])('the setting %j', async (changes, message) => {
    const output = await failureOf(changes)
    expect(output).toContain(message)
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  it.each(['API_PORT', 'GATEWAY_PORT'])('a taken %s', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const output = await failureOf({ [variable]: String(port) })
    other.close()
    expect(output).toContain(`port ${port} on 127.0.0.1 is taken by another process`)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
