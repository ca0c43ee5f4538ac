import { Command } from '@commander-js/extra-typings'
import { findDifferences } from '@coupon-gateway/core'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { EXIT } from './exit-code.ts'
import { jsonOption } from './options.ts'
import { requireTables } from './require-tables.ts'

export function verifyCommand(context: CommandContext) {
  return new Command('verify')
    .summary('compares the counters with the log')
    .description(
      'Compares the counters of all coupons with the log of redemptions, and both with the limits. It changes nothing, and may run beside the service on PostgreSQL. Exit code 1 when something differs.',
    )
    .addOption(jsonOption())
    .action(() =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        // It reads the whole log, which takes longer than a statement of the service may.
        const differences = await database.transaction(findDifferences, { mayRunLong: true })
        const lines = differences.map(
          ({ code, couponId, rule, found }) =>
            `${code} (${couponId}): "${rule}" does not hold: ${found}`,
        )
        const verdict =
          lines.length === 0 ? 'all counters agree with the log' : `${lines.length} differences`
        printResult(context, { differences }, [...lines, verdict].join('\n'))
        if (differences.length > 0) context.setExitCode(EXIT.failed)
      }),
    )
}
