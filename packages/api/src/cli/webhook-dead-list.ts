import { Command } from '@commander-js/extra-typings'
import { listDeadLetters } from '../webhooks/dead-letters.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption, parseId } from './options.ts'
import { requireTables } from './require-tables.ts'
import { formatTable } from './text-table.ts'

/** Who has more of them looks at the endpoint, and not at each. */
const MAX_LISTED = 1_000

export function webhookDeadListCommand(context: CommandContext) {
  return new Command('list')
    .description(`Lists events that could not be delivered for a day, at most ${MAX_LISTED}.`)
    .option('--endpoint <id>', 'only those of this endpoint', parseId)
    .addOption(jsonOption())
    .action(({ endpoint: endpointId = null }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const letters = await listDeadLetters(database, { endpointId, eventId: null }, MAX_LISTED)
        const table = formatTable(
          ['event', 'endpoint', 'account', 'coupon', 'attempts', 'given up', 'last failure'],
          letters.map((letter) => [
            letter.eventId,
            letter.endpointId,
            letter.account,
            letter.code,
            letter.attempts,
            letter.diedAt,
            letter.lastFailure,
          ]),
        )
        printResult(context, letters, table)
      }),
    )
}
