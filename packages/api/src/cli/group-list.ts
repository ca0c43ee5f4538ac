import { Command } from '@commander-js/extra-typings'
import { type GroupKind, listGroups } from '@coupon-gateway/core'
import { toWireSettings } from '../group-fields.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption } from './options.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'
import { formatTable } from './text-table.ts'

export function groupListCommand(context: CommandContext, kind: GroupKind) {
  return new Command('list')
    .description(`Lists the ${kind}s of an account with what they decide.`)
    .argument('<account>', 'its name')
    .addOption(jsonOption())
    .action((accountName) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const account = await requireAccount(database, accountName)
        const groups = (await listGroups(database, account.id, kind)).map(
          ({ id, name, settings }) => ({ id, name, settings: toWireSettings(settings) }),
        )
        const table = formatTable(
          ['number', 'name', 'settings'],
          groups.map(({ id, name, settings }) => [id, name, JSON.stringify(settings)]),
        )
        printResult(context, groups, table)
      }),
    )
}
