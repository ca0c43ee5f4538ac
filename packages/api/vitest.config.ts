import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: '@coupon-gateway/test-postgres/vitest',
    // Many tests start processes over an embedded database, which takes its time where others work as well.
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
