import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { type GroupKind, type GroupSettings, saveGroup } from '@coupon-gateway/core'
import { toWireProblems } from '../coupon-fields.ts'
import { GROUP_FIELD_NAMES, readGroupSettings, toWireSettings } from '../group-fields.ts'
import { isProblems } from '../input-object.ts'
import { describeProblems, tellInEnglish } from '../told-problem.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseId, parseText } from './options.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

/** What each kind is called on the wire. */
const FIELDS = { group: 'grpIdx', template: 'tmplIdx' } as const

export function groupSaveCommand(context: CommandContext, kind: GroupKind) {
  return new Command('save')
    .description(
      `Makes a ${kind}, or replaces one. What it decides goes over the fields of a coupon that is created or changed with its number as \`${FIELDS[kind]}\`; coupons that are there stay as they are.`,
    )
    .argument('<account>', 'name of the account that it belongs to')
    .argument('<number>', `the \`${FIELDS[kind]}\` that it has, from 1`, parseId)
    .requiredOption('--name <text>', 'what it is called', parseText)
    .option(
      '--settings <json>',
      `what it decides, such as '{"imgUrl":"https://shop.example/a.png"}'; any of ${GROUP_FIELD_NAMES.join(', ')}`,
      parseSettings,
      {},
    )
    .addOption(jsonOption())
    .action((accountName, id, { name, settings }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const account = await requireAccount(database, accountName)
        const group = { accountId: account.id, kind, id, name, settings }
        const result = await saveGroup(database, group)
        if (result.outcome === 'invalid') {
          throw new CommandError(
            'INVALID_SETTINGS',
            describeProblems(tellInEnglish(toWireProblems(result.problems))),
          )
        }
        const saved = { account: accountName, kind, id, name, settings: toWireSettings(settings) }
        printResult(context, saved, `${kind} ${id} of ${accountName} is saved`)
      }),
    )
}

function parseSettings(json: string): GroupSettings {
  const read = readGroupSettings(json)
  if (isProblems(read)) throw new InvalidArgumentError(`${describeProblems(read)}.`)
  return read
}
