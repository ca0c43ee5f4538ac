import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'

const ENTRIES = {
  textbook: new URL('textbook/main.ts', import.meta.url),
  redis: new URL('redis/main.ts', import.meta.url),
} as const

/** What a redemption is compared with, under the same contract. */
export type PeerName = keyof typeof ENTRIES

/**
 * Starts a peer as a process of its own, and waits until it listens.
 *
 * @param environment `DATABASE_URL`, for `redis` also `REDIS_URL`; `API_PORT` or a free port
 */
export function startPeer(
  name: PeerName,
  environment: Readonly<Record<string, string>>,
  onOutput?: (chunk: string) => void,
): Promise<ServiceProcess> {
  return startServiceProcess('api', environment, onOutput, ENTRIES[name])
}
