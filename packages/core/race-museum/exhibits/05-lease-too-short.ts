/**
 * A lock with a time limit, from a lock server, and work that may take longer: a pause of the process or a slow
 * query, and the next one gets the lock while the first goes on as if it still had it. A lease alone guards nothing;
 * what is written must be checked against a newer holder.
 */
import type { Database } from '@coupon-gateway/database'
import type { Exhibit } from '../exhibit.ts'

export const leaseTooShort: Exhibit = {
  race: 'lock lease shorter than the work',
  fault: 'in place of the row lock, a lease that may run out before the commit',
  strategy: 'textbook',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant() {
    const leases = createLeases()
    return {
      wrap: (database) => underLease(database, leases),
      passTime: () => leases.passTime(LEASE_MS),
    }
  },
  async drive(stage) {
    const gate = stage.stopBefore('update coupon_usage set')
    const first = stage.one.redeem('user-1')
    await stage.untilStuck()
    stage.passTime()
    const second = stage.two.redeem('user-2')
    await stage.untilStuck()
    gate.open()
    await Promise.all([first, second])
    await stage.rush(10)
  },
}

const LEASE_MS = 1_000
const ROW_LOCK = 'select from coupon_usage where coupon_id = $1 for update'

interface Lease {
  readonly endsAt: number
  readonly ended: Promise<void>
  end(): void
}

/** The lock server, with a clock of its own. */
function createLeases() {
  const leases = new Map<string, Lease>()
  let now = 0
  return {
    async take(name: string): Promise<Lease> {
      for (;;) {
        const held = leases.get(name)
        if (held === undefined || held.endsAt <= now) break
        await held.ended
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      const lease: Lease = {
        endsAt: now + LEASE_MS,
        ended: promise,
        end() {
          if (leases.get(name) === lease) leases.delete(name)
          resolve()
        },
      }
      leases.set(name, lease)
      return lease
    },
    passTime(ms: number) {
      now += ms
      for (const lease of leases.values()) if (lease.endsAt <= now) lease.end()
    },
  }
}

function underLease(database: Database, leases: ReturnType<typeof createLeases>): Database {
  return {
    ...database,
    async transaction(work, ...options) {
      let lease: Lease | undefined
      try {
        return await database.transaction(
          (inner) =>
            work({
              ...inner,
              async query(sql, parameters) {
                if (sql !== ROW_LOCK) return inner.query(sql, parameters)
                lease = await leases.take(`${parameters?.[0]}`)
                return []
              },
            }),
          ...options,
        )
      } finally {
        lease?.end()
      }
    },
  }
}
