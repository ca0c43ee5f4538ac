import { parseArgs } from 'node:util'
import { openPglite, openPostgres } from '@coupon-gateway/database'
import { findDifferences } from './verify.ts'

// `pnpm verify`: compares the counters with the log, prints every difference, exits with 1 when there is one.

const USAGE = `Usage: pnpm verify [--database-url URL | --data-dir FOLDER]

Compares the counters of all coupons with the log of redemptions, and both with the limits. It changes nothing.
Without options it reads the embedded database in .data, which must not be in use.
`

process.exitCode = await verify()

/** @returns 0 when all is right, 1 with a difference, 2 when nothing could be compared */
async function verify(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        'database-url': { type: 'string' },
        'data-dir': { type: 'string', default: '.data' },
        help: { type: 'boolean' },
      },
    })
    if (values.help) {
      process.stdout.write(USAGE)
      return 0
    }
    const url = values['database-url']
    const database =
      url === undefined ? await openPglite(values['data-dir']) : openPostgres(url, { poolSize: 1 })
    try {
      const differences = await database.transaction(findDifferences, { mayRunLong: true })
      for (const { code, couponId, rule, found } of differences) {
        process.stdout.write(`${code} (${couponId}): "${rule}" does not hold: ${found}\n`)
      }
      process.stdout.write(
        differences.length === 0
          ? 'all counters agree with the log\n'
          : `${differences.length} differences\n`,
      )
      return differences.length === 0 ? 0 : 1
    } finally {
      await database.close()
    }
  } catch (error) {
    process.stderr.write(`verify: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}
