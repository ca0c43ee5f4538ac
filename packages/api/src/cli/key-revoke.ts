import { Command } from '@commander-js/extra-typings'
import { revokeApiKey } from '../api-keys.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseId } from './options.ts'
import { requireTables } from './require-tables.ts'

export function keyRevokeCommand(context: CommandContext) {
  return new Command('revoke')
    .description('Revokes a key for good: within five seconds every process refuses it.')
    .argument('<id>', 'its number in the list', parseId)
    .addOption(jsonOption())
    .action((id) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        if (!(await revokeApiKey(database, id))) {
          throw new CommandError(
            'KEY_NOT_FOUND',
            `there is no key ${id}; \`coupon key list\` shows all`,
          )
        }
        printResult(context, { id, revoked: true }, `key ${id} is revoked`)
      }),
    )
}
