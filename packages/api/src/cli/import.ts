import { Command, Option } from '@commander-js/extra-typings'
import {
  type CouponCore,
  type GroupsOfAccount,
  type ImportedCoupon,
  type ImportProgress,
  openCouponCore,
  readGroups,
} from '@coupon-gateway/core'
import { type BadRow, checkImport, takenProblem } from '../import/check-import.ts'
import {
  FILE_FORMATS,
  formatOfName,
  hashFile,
  type ImportFile,
  readRows,
} from '../import/import-file.ts'
import { readImportRow } from '../import/import-row.ts'
import { isProblems } from '../input-object.ts'
import { describeProblems } from '../told-problem.ts'
import { type CommandContext, printResult, withDatabase, writePart } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { jsonOption } from './options.ts'
import { startProgressBar } from './progress-bar.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

const AFTER_HELP = `
A CSV file has a header; its columns, and the fields of NDJSON, are those of \`create\` in the REST API:
cpnNo, discTypeIdx and disc in every row, and any of the others. What \`coupon export coupons\` wrote can be
imported, too, as long as nothing of it was used.

The whole file is checked first. With one bad row nothing is imported: every bad row is told with its line and
its reason, and the exit code is 1. After that the rows go in by chunks. A run that was interrupted, even by
kill -9, is taken up by running the command again on the same file: no coupon is made twice, none is left out.
A file that was imported once is not imported again.`

export function importCommand(context: CommandContext) {
  return new Command('import')
    .summary('creates the coupons of a file')
    .description(
      'Creates the coupons of a CSV or NDJSON file: all of them or, with a bad row, none.',
    )
    .argument('<file>', 'a file, UTF-8, of at most 1,000,000 rows')
    .requiredOption('--account <name>', 'the account that the coupons will belong to')
    .addOption(
      new Option('--format <format>', 'where the ending of its name does not tell').choices(
        FILE_FORMATS,
      ),
    )
    .addOption(jsonOption())
    .addHelpText('after', AFTER_HELP)
    .action((path, { account: accountName, format = formatOfName(path) }, command) => {
      if (format === undefined) {
        return command.error(
          `error: ${path} ends with neither .csv nor .ndjson nor .jsonl: say which it is by --format`,
        )
      }
      return withDatabase(context, async (database) => {
        await requireTables(database)
        const account = await requireAccount(database, accountName)
        const core = await openCouponCore(database)
        const groups = await readGroups(database, account.id)
        await importFile(context, core, account.id, groups, { path, format })
      })
    })
}

async function importFile(
  context: CommandContext,
  core: CouponCore,
  accountId: number,
  groups: GroupsOfAccount,
  file: ImportFile,
): Promise<void> {
  const fileHash = await hashFile(file.path).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError('FILE_UNREADABLE', `${file.path} cannot be read: ${error.code}`)
  })
  const before = await core.readImport(accountId, fileHash)
  const checking = startProgressBar(context, 'rows checked')
  const { rows, badRows } = await checkImport(
    core,
    { accountId, file, groups, done: before.done },
    (row) => printBadRow(context, row),
    (done) => checking.advance(done),
  )
  checking.end()
  if (badRows > 0) {
    throw new CommandError('BAD_ROWS', `${badRows} bad of ${rows} rows: nothing was imported`)
  }

  const importing = startProgressBar(context, 'coupons', rows)
  let progress: ImportProgress = before
  for await (const now of core.importCoupons({
    accountId,
    fileHash,
    rows: couponsOf(file, groups),
  })) {
    progress = now
    importing.advance(progress.done)
  }
  importing.end()
  await tellTaken(context, file, groups, progress)
  const taken = progress.taken.length
  const result = { rows, imported: rows - taken, importedBefore: before.done, taken }
  const resumed = before.done > 0 ? `, ${before.done} of them by an earlier run` : ''
  printResult(context, result, `${result.imported} of ${rows} coupons imported${resumed}`)
  if (taken > 0) context.setExitCode(EXIT.failed)
}

/** The rows of a file that was found right. */
async function* couponsOf(
  file: ImportFile,
  groups: GroupsOfAccount,
): AsyncGenerator<ImportedCoupon> {
  for await (const row of readRows(file)) {
    const read = 'problems' in row ? row.problems : readImportRow(row.fields, groups)
    if (isProblems(read)) {
      throw new CommandError(
        'FILE_CHANGED',
        `${file.path} was changed while it was imported, line ${row.line}: put it back as it was, and run this again`,
      )
    }
    yield read
  }
}

/** Rows whose codes somebody else took after the check. They are few, and the file is read once more for them. */
async function tellTaken(
  context: CommandContext,
  file: ImportFile,
  groups: GroupsOfAccount,
  { taken }: ImportProgress,
): Promise<void> {
  if (taken.length === 0) return
  const indexes = new Set(taken)
  let index = 0
  for await (const row of readRows(file)) {
    const read = 'problems' in row ? row.problems : readImportRow(row.fields, groups)
    if (indexes.has(index) && !isProblems(read)) {
      await printBadRow(context, { line: row.line, problems: [takenProblem(read.code)] })
    }
    index += 1
  }
}

async function printBadRow(context: CommandContext, row: BadRow): Promise<void> {
  const text = context.isForPrograms
    ? JSON.stringify(row)
    : `line ${row.line}: ${describeProblems(row.problems)}`
  await writePart(context, `${text}\n`)
}
