import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { isTimeZone, openCouponCore } from '@coupon-gateway/core'
import { createAccount } from '../accounts.ts'
import { openApiKeys } from '../api-keys.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, limitsOption, parseText, planOption } from './options.ts'

export function accountCreateCommand(context: CommandContext) {
  return new Command('create')
    .description('Creates an account. Codes are unique within one, and invisible to every other.')
    .argument('<name>', 'its name', parseText)
    .requiredOption(
      '--time-zone <zone>',
      'IANA name of the zone in which its days begin, such as Asia/Seoul; it cannot be changed later',
      parseTimeZone,
    )
    .addOption(planOption().default('personal' as const))
    .addOption(limitsOption())
    .addOption(jsonOption())
    .action((name, { timeZone, plan, limits: agreedLimits = null }) =>
      withDatabase(context, async (database) => {
        const core = await openCouponCore(database)
        await openApiKeys(database)
        const result = await createAccount(core, database, {
          name,
          timeZone,
          plan,
          agreedLimits,
        })
        if (result.outcome === 'name-taken') {
          throw new CommandError('ACCOUNT_NAME_TAKEN', `there is an account ${name} already`)
        }
        const { id } = result.account
        printResult(
          context,
          result.account,
          `account ${name} (${id}), plan ${plan}, days of ${timeZone}\nnext: coupon key create ${name} --label "what it is for"`,
        )
      }),
    )
}

function parseTimeZone(text: string): string {
  if (isTimeZone(text)) return text
  throw new InvalidArgumentError('It must be an IANA name such as Asia/Seoul, Europe/Berlin, UTC.')
}
