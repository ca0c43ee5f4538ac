import { Command } from '@commander-js/extra-typings'
import { generateApiKey } from '../api-key-text.ts'
import { storeApiKey } from '../api-keys.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption, parseText } from './options.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

export function keyCreateCommand(context: CommandContext) {
  return new Command('create')
    .description('Makes a key and shows it, this once: only its hash is stored.')
    .argument('<account>', 'name of the account that it belongs to')
    .requiredOption('--label <text>', 'what it is for, so that the right one is revoked', parseText)
    .option('--lift-rate-limits', "does not enforce its plan's windows, for load runs", false)
    .addOption(jsonOption())
    .action((accountName, { label, liftRateLimits: rateLimitsLifted }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const account = await requireAccount(database, accountName)
        const key = generateApiKey()
        const id = await storeApiKey(database, key, {
          accountId: account.id,
          label,
          rateLimitsLifted,
        })
        if (id === undefined) throw new Error('160 random bits came twice')
        const result = { id, account: accountName, label, rateLimitsLifted, key }
        printResult(context, result, `${key}\nkeep it now: it is not shown again`)
      }),
    )
}
