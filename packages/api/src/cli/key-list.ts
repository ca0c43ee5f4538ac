import { Command } from '@commander-js/extra-typings'
import { listApiKeys } from '../api-keys.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption } from './options.ts'
import { requireTables } from './require-tables.ts'
import { formatTable } from './text-table.ts'

export function keyListCommand(context: CommandContext) {
  return new Command('list')
    .description('Lists keys by how they begin. The keys themselves are stored nowhere.')
    .option('--account <name>', 'only those of this account')
    .addOption(jsonOption())
    .action(({ account = null }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const keys = await listApiKeys(database, account)
        const table = formatTable(
          ['id', 'begins', 'account', 'label', 'limits', 'created', 'revoked'],
          keys.map((key) => [
            key.id,
            key.hint,
            key.account,
            key.label,
            key.rateLimitsLifted ? 'lifted' : 'of its plan',
            key.createdAt,
            key.revokedAt ?? '',
          ]),
        )
        printResult(context, keys, table)
      }),
    )
}
