import { Argument, Command, Option } from '@commander-js/extra-typings'
import { openCouponCore } from '@coupon-gateway/core'
import { COUPON_EXPORTS } from '../coupon-export.ts'
import { type ExportMediaType, toExport } from '../export-format.ts'
import { FILE_FORMATS, type FileFormat } from '../import/import-file.ts'
import { REDEMPTION_EXPORTS } from '../redemption-export.ts'
import { type CommandContext, withDatabase, writePart } from './command-context.ts'
import { startProgressBar } from './progress-bar.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

const AFTER_HELP = `
Newest first, in the fields of the REST API; deleted coupons are left out, their redemptions are not. What is
created after the start is not in it. In CSV a text that a spreadsheet would run as a formula has an apostrophe
in front, which \`coupon import\` takes off again. It may run beside the service on PostgreSQL:

  coupon export redemptions --account shop > redemptions.csv`

const MEDIA_TYPES: Readonly<Record<FileFormat, ExportMediaType>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
}

export function exportCommand(context: CommandContext) {
  return new Command('export')
    .summary('writes coupons or redemptions to stdout')
    .description('Writes all coupons of an account, or its whole log of redemptions, to stdout.')
    .addArgument(new Argument('<what>').choices(['coupons', 'redemptions'] as const))
    .requiredOption('--account <name>', 'the account that they belong to')
    .addOption(new Option('--format <format>', 'how').choices(FILE_FORMATS).default('csv' as const))
    .addOption(new Option('--json', 'the same as --format ndjson'))
    .addHelpText('after', AFTER_HELP)
    .action((what, { account: accountName, format, json }) =>
      withDatabase(context, async (database) => {
        await requireTables(database)
        const { id: accountId } = await requireAccount(database, accountName)
        const core = await openCouponCore(database)
        const mediaType = MEDIA_TYPES[json === true ? 'ndjson' : format]
        switch (what) {
          case 'coupons': {
            const pages = countRows(context, what, core.streamCoupons(accountId))
            return writeAll(context, toExport(COUPON_EXPORTS[mediaType], pages))
          }
          case 'redemptions': {
            const log = core.streamRedemptions({ accountId, cursor: null })
            const pages = countRows(context, what, log)
            return writeAll(context, toExport(REDEMPTION_EXPORTS[mediaType], pages))
          }
        }
      }),
    )
}

async function writeAll(context: CommandContext, chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) await writePart(context, chunk)
}

/** Shows how far it has come, unless the rows themselves are shown. */
async function* countRows<Row>(
  context: CommandContext,
  what: string,
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const bar = context.stdout.isTTY ? undefined : startProgressBar(context, what)
  let rows = 0
  for await (const page of pages) {
    rows += page.length
    bar?.advance(rows)
    yield page
  }
  bar?.end()
}
