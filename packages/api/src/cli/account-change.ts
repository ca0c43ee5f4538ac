import { Command } from '@commander-js/extra-typings'
import { changePlan } from '../accounts.ts'
import { formatCallLimits } from '../plans.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption, limitsOption, planOption } from './options.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

export function accountChangeCommand(context: CommandContext) {
  return new Command('change')
    .description(
      'Changes the plan of an account. Its keys follow within five seconds; calls that were counted stay counted. Without --limits, those of the plan hold again.',
    )
    .argument('<name>', 'its name')
    .addOption(planOption().makeOptionMandatory())
    .addOption(limitsOption())
    .addOption(jsonOption())
    .action((name, { plan, limits: agreedLimits = null }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const account = await requireAccount(database, name)
        await changePlan(database, account.id, plan, agreedLimits)
        const limits =
          agreedLimits === null ? 'limits of its plan' : `limits ${formatCallLimits(agreedLimits)}`
        printResult(
          context,
          { ...account, plan, agreedLimits },
          `account ${name} (${account.id}), plan ${plan}, ${limits}`,
        )
      }),
    )
}
