import { onTestFinished } from 'vitest'
import {
  type AnyUpstreamError,
  createUpstreamClient,
  isUpstreamError,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../src/index.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { type Behaviour, type MisbehavingUpstream, startUpstream } from './misbehaving-upstream.ts'

export interface ClientUnderTest {
  readonly client: UpstreamClient
  readonly clock: FakeClock
}

/** A client whose time is a fake clock's and whose pauses have no jitter; closed when the test ends. */
export function openClient(
  urls: readonly string[],
  options: Partial<UpstreamClientOptions> = {},
): ClientUnderTest {
  const clock = createFakeClock()
  const client = createUpstreamClient({
    urls,
    apiKey: 'demo_secret_key',
    profile: 'native',
    clock,
    random: () => 0,
    ...options,
  })
  onTestFinished(() => client.close())
  return { client, clock }
}

/** An upstream that is closed when the test ends. */
export async function openUpstream(...behaviours: Behaviour[]): Promise<MisbehavingUpstream> {
  const upstream = await startUpstream(...behaviours)
  onTestFinished(() => upstream.close())
  return upstream
}

/** A code of its own for each number: validates of one code at the same time would be one call. */
export function numberedCode(number: number): string {
  return `COUPON${String(number).padStart(6, '0')}`
}

/** The failure of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<AnyUpstreamError> {
  const end = await call.then(
    (result) => new Error(`did not fail, but gave ${JSON.stringify(result)}`),
    (error: unknown) => error,
  )
  if (isUpstreamError(end)) return end
  throw end
}
