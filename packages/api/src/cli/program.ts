import { Command } from '@commander-js/extra-typings'
import { accountChangeCommand } from './account-change.ts'
import { accountCreateCommand } from './account-create.ts'
import { accountListCommand } from './account-list.ts'
import { codesGenerateCommand } from './codes-generate.ts'
import type { CommandContext } from './command-context.ts'
import { doctorCommand } from './doctor.ts'
import { exportCommand } from './export.ts'
import { groupListCommand } from './group-list.ts'
import { groupSaveCommand } from './group-save.ts'
import { importCommand } from './import.ts'
import { keyCreateCommand } from './key-create.ts'
import { keyListCommand } from './key-list.ts'
import { keyRevokeCommand } from './key-revoke.ts'
import { verifyCommand } from './verify.ts'
import { webhookDeadListCommand } from './webhook-dead-list.ts'
import { webhookDeadResendCommand } from './webhook-dead-resend.ts'
import { webhookListCommand } from './webhook-list.ts'
import { webhookRemoveCommand } from './webhook-remove.ts'
import { webhookRotateCommand } from './webhook-rotate.ts'
import { webhookSetCommand } from './webhook-set.ts'

// biome-ignore lint/suspicious/noExplicitAny: each command has options of its own, which only its action knows.
type AnyCommand = Command<any, any, any>

const HELP_FOOTER = `
Settings are those of the service, from the environment: DATABASE_URL, or DATA_DIR for the embedded
database, which one process has at a time: stop the service first.

Exit codes: 0 done; 1 not done, or found what it looks for; 2 called wrongly, or a setting is bad.`

/** The whole of `coupon`: every command, each from the file that is named as it. */
export function buildProgram(context: CommandContext): AnyCommand {
  const program = new Command('coupon')
    .description(
      'Administers a coupon service: its accounts and keys, and the health of its database.',
    )
    .addHelpText('after', HELP_FOOTER)
  const commands: readonly AnyCommand[] = [
    group('account', 'who owns coupons', [
      accountCreateCommand(context),
      accountChangeCommand(context),
      accountListCommand(context),
    ]),
    group('key', 'what partners call the API with', [
      keyCreateCommand(context),
      keyListCommand(context),
      keyRevokeCommand(context),
    ]),
    group('webhook', 'where events are reported to', [
      webhookSetCommand(context),
      webhookListCommand(context),
      webhookRotateCommand(context),
      webhookRemoveCommand(context),
      group('dead', 'events that could not be delivered for a day', [
        webhookDeadListCommand(context),
        webhookDeadResendCommand(context),
      ]),
    ]),
    group('group', 'whose settings go over those of their coupons', [
      groupSaveCommand(context, 'group'),
      groupListCommand(context, 'group'),
    ]),
    group('template', 'as groups, whose settings go over theirs', [
      groupSaveCommand(context, 'template'),
      groupListCommand(context, 'template'),
    ]),
    group('codes', 'many at once', [codesGenerateCommand(context)]),
    importCommand(context),
    exportCommand(context),
    verifyCommand(context),
    doctorCommand(context),
  ]
  for (const command of commands) program.addCommand(command)
  endByValue(program, context)
  return program
}

function group(name: string, description: string, commands: readonly AnyCommand[]): AnyCommand {
  const parent: AnyCommand = new Command(name).description(description)
  for (const command of commands) parent.addCommand(command)
  return parent
}

/** By default the library ends the process itself. A command that was added has to be told of its own. */
function endByValue(command: AnyCommand, context: CommandContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    // With --json a program reads stderr, and gets the message as JSON.
    outputError: (text, write) => context.isForPrograms || write(text),
  })
  if (!context.isForPrograms) command.showHelpAfterError('(--help says what it takes)')
  for (const child of command.commands) endByValue(child, context)
}
