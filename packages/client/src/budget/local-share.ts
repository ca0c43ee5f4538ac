import type { CallCounts } from './call-counts.ts'
import type { GrantRules } from './grant.ts'
import { type Ledger, mapAccounts, type UsedSlot } from './ledger.ts'

/**
 * What one of several processes may use while the shared ledger cannot be reached: its part of every window,
 * and of what is used already. Its own tokens count in full. What the others took since it last heard of the
 * ledger it cannot know.
 */
export function takeLocalShare(
  ledger: Ledger,
  rules: GrantRules,
  holder: string,
  processes: number,
): { readonly ledger: Ledger; readonly rules: GrantRules } {
  const own = ledger.holders[holder]
  return {
    rules: {
      ...rules,
      windows: rules.windows.map((it) => ({ ...it, limit: Math.floor(it.limit / processes) })),
    },
    ledger: {
      ...mapAccounts(ledger, rules.windows, (account) => ({
        ...account,
        used: divideUp(account.used, processes),
        foreign: { ...account.foreign, count: Math.ceil(account.foreign.count / processes) },
        toldLimit:
          account.toldLimit === null
            ? null
            : { ...account.toldLimit, limit: Math.floor(account.toldLimit.limit / processes) },
      })),
      holders: own === undefined ? {} : { [holder]: own },
    },
  }
}

/** Divides all of them together, and rounds the sum up at every step, not each slot by itself. */
function divideUp(slots: readonly UsedSlot[], processes: number): UsedSlot[] {
  const sum = { read: 0, write: 0 }
  const taken = { read: 0, write: 0 }
  const part = (kind: keyof CallCounts, count: number) => {
    sum[kind] += count
    const share = Math.ceil(sum[kind] / processes) - taken[kind]
    taken[kind] += share
    return share
  }
  return slots.map(({ freeAtMs, read, write }) => ({
    freeAtMs,
    read: part('read', read),
    write: part('write', write),
  }))
}
