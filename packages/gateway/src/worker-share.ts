import { SettingsError } from '@coupon-gateway/service'
import type { GatewaySettings } from './settings.ts'

/**
 * The part of a limit that each of several processes keeps by itself, at least 1: rounded down, so that together they
 * do not pass it.
 */
export function shareOf(limit: number, processes: number): number {
  return Math.max(1, Math.floor(limit / processes))
}

/**
 * What one worker goes by. Connections are handed out in turn, so each gets its part of all that is counted in the
 * process: of the limits for callers ({@link shareOf} in the budgets), addresses and connections.
 */
export function toWorkerSettings(settings: GatewaySettings): GatewaySettings {
  const { workers, connections, abuseBudgets, upstream } = settings
  const share = (limit: number) => shareOf(limit, workers)
  return {
    ...settings,
    connections: { max: share(connections.max), maxPerPeer: share(connections.maxPerPeer) },
    abuseBudgets: {
      ...abuseBudgets,
      addressCallsPerMinute: share(abuseBudgets.addressCallsPerMinute),
      addressRequestsPerMinute: share(abuseBudgets.addressRequestsPerMinute),
      prefixFailuresPerMinute: share(abuseBudgets.prefixFailuresPerMinute),
    },
    upstream: { ...upstream, expectedProcesses: upstream.expectedProcesses * workers },
  }
}

/**
 * Several processes need a database that they can share, for what must be counted or written down once.
 * @throws SettingsError
 */
export function requireSharedPlaces(settings: GatewaySettings): void {
  const { workers, journal, budgetPlace, upstream } = settings
  if (workers === 1) return
  const needsPlace = journal !== null || upstream.rateLimits !== null
  const place = journal?.place ?? budgetPlace
  if (!needsPlace || (place !== null && 'url' in place)) return
  const [what, why] =
    journal === null
      ? ['the budget of the upstream key', 'without one each process would take the whole of it']
      : ['the journal', 'the embedded database is one process at a time']
  throw new SettingsError(
    `GATEWAY_WORKERS must be 1 without JOURNAL_DATABASE_URL, got ${JSON.stringify(String(workers))}: several processes need a PostgreSQL for ${what}, and ${why}`,
  )
}
