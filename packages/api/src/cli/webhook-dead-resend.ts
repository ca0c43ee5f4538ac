import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { resendDeadLetters } from '../webhooks/dead-letters.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseId } from './options.ts'
import { requireTables } from './require-tables.ts'

export function webhookDeadResendCommand(context: CommandContext) {
  return new Command('resend')
    .summary('queues dead letters again')
    .description(
      'Queues dead letters again, with their event ids and a new day to be delivered in: one event, those of an endpoint, or all. The running service sends them.',
    )
    .option('--event <id>', 'this event', parseEventId)
    .addOption(
      new Option('--endpoint <id>', 'all of this endpoint').argParser(parseId).conflicts('event'),
    )
    .addOption(new Option('--all', 'all of all endpoints').conflicts(['event', 'endpoint']))
    .addOption(jsonOption())
    .action(({ event: eventId = null, endpoint: endpointId = null, all = false }, command) => {
      if (eventId === null && endpointId === null && !all) {
        command.error('error: say which: --event <id>, --endpoint <id> or --all')
      }
      return withDatabase(context, async (database) => {
        await requireTables(database)
        const resent = await resendDeadLetters(database, { endpointId, eventId })
        if (resent === 0 && eventId !== null) {
          throw new CommandError(
            'DEAD_LETTER_NOT_FOUND',
            `event ${eventId} is no dead letter; \`coupon webhook dead list\` shows all`,
          )
        }
        printResult(context, { resent }, `${resent} events are queued again`)
      })
    })
}

function parseEventId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw new InvalidArgumentError('It must be the id of an event, a UUID, as the list shows it.')
}
