import type { CallCounts } from './call-counts.ts'
import type { GrantRules } from './grant.ts'
import { endCalls, type Ledger, mapAccounts, type UsedSlot } from './ledger.ts'

/**
 * What one of several processes may use while the shared ledger cannot be reached: its part of every window,
 * and of what is used already.
 *
 * So that all shares together count everything, its own tokens count in full, and so do the calls that it told the
 * ledger of so recently that the others may not have seen them.
 */
export function takeLocalShare(
  ledger: Ledger,
  rules: GrantRules,
  holder: string,
  processes: number,
  { ownRecent, nowMs }: { readonly ownRecent: CallCounts; readonly nowMs: number },
): { readonly ledger: Ledger; readonly rules: GrantRules } {
  const own = ledger.holders[holder]
  const partOf = (count: number) => Math.ceil(count / processes)
  const divided: Ledger = {
    ...mapAccounts(ledger, rules.windows, (account) => ({
      ...account,
      used: divideUp(account.used, processes),
      foreign: { ...account.foreign, count: partOf(account.foreign.count) },
      toldLimit:
        account.toldLimit === null
          ? null
          : { ...account.toldLimit, limit: Math.floor(account.toldLimit.limit / processes) },
    })),
    holders: own === undefined ? {} : { [holder]: own },
  }
  const unseen = {
    read: ownRecent.read - Math.floor(ownRecent.read / processes),
    write: ownRecent.write - Math.floor(ownRecent.write / processes),
  }
  return {
    ledger: endCalls(divided, rules.windows, unseen, nowMs),
    rules: {
      ...rules,
      windows: rules.windows.map((it) => ({ ...it, limit: Math.floor(it.limit / processes) })),
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
