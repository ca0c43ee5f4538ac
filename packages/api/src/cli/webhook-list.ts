import { Command } from '@commander-js/extra-typings'
import { listEndpoints } from '../webhooks/endpoints.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption } from './options.ts'
import { requireTables } from './require-tables.ts'
import { formatTable } from './text-table.ts'

export function webhookListCommand(context: CommandContext) {
  return new Command('list')
    .description('Lists endpoints, with how many events wait for them and how many were given up.')
    .option('--account <name>', 'only those of this account')
    .addOption(jsonOption())
    .action(({ account = null }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const endpoints = await listEndpoints(database, account)
        const table = formatTable(
          ['id', 'account', 'of', 'url', 'waiting', 'dead', 'two secrets until'],
          endpoints.map((endpoint) => [
            endpoint.id,
            endpoint.account,
            endpoint.groupId === null ? 'GLOBAL' : `group ${endpoint.groupId}`,
            endpoint.url,
            endpoint.waiting,
            endpoint.dead,
            endpoint.rotatingUntil ?? '',
          ]),
        )
        printResult(context, endpoints, table)
      }),
    )
}
