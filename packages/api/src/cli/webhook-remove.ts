import { Command } from '@commander-js/extra-typings'
import { removeEndpoint } from '../webhooks/endpoints.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseId } from './options.ts'
import { requireTables } from './require-tables.ts'

export function webhookRemoveCommand(context: CommandContext) {
  return new Command('remove')
    .description('Removes an endpoint, with the events that wait for it and its dead letters.')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(jsonOption())
    .action((id) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        if (!(await removeEndpoint(database, id))) throw noSuchEndpoint(id)
        printResult(context, { id, removed: true }, `endpoint ${id} is removed`)
      }),
    )
}

export function noSuchEndpoint(id: number): CommandError {
  return new CommandError(
    'ENDPOINT_NOT_FOUND',
    `there is no endpoint ${id}; \`coupon webhook list\` shows all`,
  )
}
