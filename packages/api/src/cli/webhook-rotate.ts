import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { rotateSecret } from '../webhooks/endpoints.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { jsonOption, parseId } from './options.ts'
import { requireTables } from './require-tables.ts'
import { noSuchEndpoint } from './webhook-remove.ts'

const MAX_KEEP_HOURS = 30 * 24

export function webhookRotateCommand(context: CommandContext) {
  return new Command('rotate')
    .summary('gives an endpoint a new secret')
    .description(
      'Gives an endpoint a new secret and shows it, this once. Webhooks are signed with both, the old and the new one, while the old one is kept.',
    )
    .argument('<id>', 'its number in the list', parseId)
    .option(
      '--keep-hours <hours>',
      'how long the old one signs too; 0 when it leaked',
      parseHours,
      24,
    )
    .addOption(jsonOption())
    .action((id, { keepHours }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const rotated = await rotateSecret(database, id, keepHours)
        if (rotated === undefined) throw noSuchEndpoint(id)
        const { secret, rotatingUntil } = rotated
        printResult(
          context,
          { id, ...rotated },
          `${secret}\nkeep it now: it is not shown again; ${
            rotatingUntil === null
              ? 'the old one ended'
              : `the old one signs too until ${rotatingUntil}`
          }`,
        )
      }),
    )
}

function parseHours(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= MAX_KEEP_HOURS) return Number(text)
  throw new InvalidArgumentError(`It must be an integer from 0 to ${MAX_KEEP_HOURS}.`)
}
