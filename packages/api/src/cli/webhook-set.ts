import { Command } from '@commander-js/extra-typings'
import { findUrlProblem } from '../webhooks/endpoint-url.ts'
import { setEndpoint } from '../webhooks/endpoints.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseId } from './options.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

export function webhookSetCommand(context: CommandContext) {
  return new Command('set')
    .summary('sets where events are reported to')
    .description(
      'Sets where the coupons of an account with webhookEnableYn report to: all, or those of a group. A new endpoint gets a secret, which is shown this once; one that is there gets another URL, and keeps its secret and what waits for it.',
    )
    .argument('<account>', 'name of the account')
    .argument('<url>', 'where events are sent: https://, at a public address')
    .option(
      '--group <number>',
      'only coupons of this group (grpIdx); they go nowhere else',
      parseId,
    )
    .addOption(jsonOption())
    .action((accountName, url, { group: groupId = null }) =>
      withDatabase(context, async (database, { webhooks }) => {
        const problem = findUrlProblem(url, webhooks.allowedNetworks)
        if (problem !== undefined) throw new CommandError('WEBHOOK_URL_REFUSED', `url ${problem}`)
        await requireTables(database)
        const { id: accountId } = await requireAccount(database, accountName)
        const { id, secret } = await setEndpoint(database, { accountId, groupId, url })
        const which = `endpoint ${id} of ${accountName}, ${groupId === null ? 'GLOBAL' : `group ${groupId}`}: ${url}`
        printResult(
          context,
          { id, account: accountName, groupId, url, secret },
          secret === null
            ? `${which}\nits secret is the one that it had`
            : `${which}\n${secret}\nkeep the secret now: it is not shown again`,
        )
      }),
    )
}
