import { Command } from '@commander-js/extra-typings'
import { listAccounts } from '../accounts.ts'
import { formatCallLimits } from '../plans.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption } from './options.ts'
import { requireTables } from './require-tables.ts'
import { formatTable } from './text-table.ts'

export function accountListCommand(context: CommandContext) {
  return new Command('list')
    .description('Lists the accounts with their plans.')
    .addOption(jsonOption())
    .action(() =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const accounts = await listAccounts(database)
        const table = formatTable(
          ['id', 'name', 'plan', 'limits', 'time zone', 'keys', 'created'],
          accounts.map(({ id, name, plan, agreedLimits, timeZone, keys, createdAt }) => [
            id,
            name,
            plan,
            agreedLimits === null ? 'of its plan' : formatCallLimits(agreedLimits),
            timeZone,
            keys,
            createdAt,
          ]),
        )
        printResult(context, accounts, table)
      }),
    )
}
