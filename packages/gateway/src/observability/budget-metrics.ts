import type { RateBudgetState } from '@coupon-gateway/client'
import { Gauge, type Registry } from 'prom-client'

/** What is left of the budget of the upstream's key, as it is when the metrics are read. */
export interface BudgetMetrics {
  watch(this: void, read: () => Promise<RateBudgetState>): void
}

export function createBudgetMetrics(registry: Registry): BudgetMetrics {
  let readBudget: (() => Promise<RateBudgetState>) | null = null
  let reading: Promise<RateBudgetState> | null = null

  /** Once for all gauges, which are asked side by side. */
  async function read(): Promise<RateBudgetState | undefined> {
    if (readBudget === null) return undefined
    reading ??= readBudget().finally(() => {
      reading = null
    })
    return reading
  }

  const registers = [registry]
  new Gauge({
    name: 'coupon_gateway_upstream_budget_remaining',
    help: 'Calls that the plan of the upstream key still allows in each window. Empty without UPSTREAM_RATE_LIMITS.',
    labelNames: ['window'],
    registers,
    async collect() {
      for (const { window, remaining } of (await read())?.windows ?? []) {
        this.set({ window }, remaining)
      }
    },
  })
  new Gauge({
    name: 'coupon_gateway_upstream_budget_limit',
    help: 'Calls that the plan of the upstream key allows in each window.',
    labelNames: ['window'],
    registers,
    async collect() {
      for (const { window, limit } of (await read())?.windows ?? []) this.set({ window }, limit)
    },
  })
  new Gauge({
    name: 'coupon_gateway_upstream_budget_paused_seconds',
    help: 'For how long nothing is sent, since the upstream answered 429; 0 when it takes calls.',
    registers,
    async collect() {
      this.set(((await read())?.pausedForMs ?? 0) / 1_000)
    },
  })
  return {
    watch(by) {
      readBudget = by
    },
  }
}
