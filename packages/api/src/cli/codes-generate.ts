import { randomUUID } from 'node:crypto'
import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { MAX_BULK_COUNT, openCouponCore } from '@coupon-gateway/core'
import {
  COUPON_CODE_MAX_LENGTH,
  COUPON_CODE_MIN_LENGTH,
  CodeSpaceTooDenseError,
  type CouponCode,
  generateCouponCodes,
} from '@coupon-gateway/coupon-code'
import { DEFAULT_CODE_LENGTH, toWireProblems } from '../coupon-fields.ts'
import { isProblems, readSharedFields } from '../input-object.ts'
import { describeProblems, tellInEnglish } from '../told-problem.ts'
import { type CommandContext, withDatabase, writePart } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { jsonOption, parseInteger } from './options.ts'
import { startProgressBar } from './progress-bar.ts'
import { requireAccount } from './require-account.ts'
import { requireTables } from './require-tables.ts'

const AFTER_HELP = `
Without --account the codes are only printed. With it a coupon is created of each, all with the --fields of
\`create\` in the REST API, and printed after it is stored. A run that was interrupted is taken up by running it
again with the same options and its --key, which is told on stderr: it prints all codes again from the first one
on, and no coupon is made twice.

Refused are codes that could be guessed: more than one possible code in 2^20.`

export function codesGenerateCommand(context: CommandContext) {
  return new Command('generate')
    .summary('makes codes, and coupons of them')
    .description(
      'Makes codes that are distinct, random and end with a check symbol, and coupons of them.',
    )
    .requiredOption('--count <n>', 'how many', parseInteger(1, MAX_BULK_COUNT))
    .option(
      '--length <n>',
      'symbols of a code, prefix and check symbol included',
      parseInteger(COUPON_CODE_MIN_LENGTH, COUPON_CODE_MAX_LENGTH),
      DEFAULT_CODE_LENGTH,
    )
    .option('--prefix <text>', 'what every code begins with', parsePrefix, '')
    .option('--account <name>', 'create coupons of this account')
    .option('--fields <json>', 'what they share: {"discTypeIdx":457,"disc":10,…}', parseJson)
    .option('--key <key>', 'names the creation, so that it can be taken up again', parseKey)
    .addOption(jsonOption())
    .addHelpText('after', AFTER_HELP)
    .action(({ count, length, prefix, account, fields, key }, command) => {
      const order = { count, codeShape: { length, prefix } }
      if (account === undefined) {
        if (fields !== undefined || key !== undefined) {
          return command.error('error: --fields and --key are for coupons: say whose by --account')
        }
        return print(context, count, generate(order))
      }
      if (fields === undefined) {
        return command.error('error: coupons need --fields with discTypeIdx and disc at least')
      }
      return withDatabase(context, (database) =>
        createCoupons(context, database, { ...order, accountName: account, fields, key }),
      )
    })
}

interface Order {
  readonly count: number
  readonly codeShape: { readonly length: number; readonly prefix: string }
}

async function createCoupons(
  context: CommandContext,
  database: Parameters<Parameters<typeof withDatabase>[1]>[0],
  order: Order & { accountName: string; fields: unknown; key: string | undefined },
): Promise<void> {
  const { accountName, fields, key = randomUUID(), ...rest } = order
  await requireTables(database)
  const { id: accountId } = await requireAccount(database, accountName)
  const shared = readSharedFields(fields)
  if (isProblems(shared)) throw new CommandError('INVALID_COUPON', describeProblems(shared))
  const core = await openCouponCore(database)
  const result = await core.createBulk({ accountId, ...rest, ...shared, idempotencyKey: key })
  switch (result.outcome) {
    case 'started':
      if (!context.isForPrograms) context.stderr.write(`to take it up again: --key ${key}\n`)
      return print(context, order.count, result.creation.codes())
    case 'invalid':
      throw new CommandError(
        'INVALID_COUPON',
        describeProblems(tellInEnglish(toWireProblems(result.problems))),
      )
    case 'too-dense':
      throw tooDense(result.shortestLength)
    case 'key-reused':
      throw new CommandError(
        'IDEMPOTENCY_KEY_REUSED',
        `--key ${key} was used with other options: give the same ones, or another key`,
      )
    case 'key-in-use':
      throw new CommandError(
        'IDEMPOTENCY_KEY_REUSED',
        `--key ${key} is being used at this moment: try again`,
      )
  }
}

const CHUNK_SIZE = 1_000

async function* generate({
  count,
  codeShape,
}: Order): AsyncGenerator<readonly CouponCode[], void, undefined> {
  try {
    let chunk: CouponCode[] = []
    for (const code of generateCouponCodes({ count, ...codeShape })) {
      chunk.push(code)
      if (chunk.length < CHUNK_SIZE) continue
      yield chunk
      chunk = []
    }
    yield chunk
  } catch (error) {
    if (error instanceof CodeSpaceTooDenseError) throw tooDense(error.shortestLength ?? null)
    throw error
  }
}

async function print(
  context: CommandContext,
  count: number,
  chunks: AsyncIterable<readonly CouponCode[]>,
): Promise<void> {
  // On a terminal that shows the codes, a bar would only be in their way.
  const isShown = context.stdout.isTTY
  const bar = isShown ? undefined : startProgressBar(context, 'codes', count)
  const toLine = context.isForPrograms
    ? (code: CouponCode) => `{"cpnNo":"${code}"}\n`
    : (code: CouponCode) => `${code}\n`
  let done = 0
  for await (const codes of chunks) {
    await writePart(context, codes.map(toLine).join(''))
    done += codes.length
    bar?.advance(done)
  }
  bar?.end()
  if (context.isForPrograms) await writePart(context, `{"done":true,"count":${count}}\n`)
}

function tooDense(shortestLength: number | null): CommandError {
  return new CommandError(
    'CODES_TOO_DENSE',
    `so many codes of that length could be guessed; ${
      shortestLength === null
        ? 'no length does with this prefix: take a shorter one, or fewer codes'
        : `the shortest --length that does is ${shortestLength}`
    }`,
  )
}

function parsePrefix(text: string): string {
  if (/^[A-Z0-9]{0,14}$/.test(text)) return text
  throw new InvalidArgumentError('It must be letters A-Z and digits, 14 at most.')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It must be a JSON object.')
  }
}

function parseKey(text: string): string {
  if (/^[!#-~]{1,255}$/.test(text)) return text
  throw new InvalidArgumentError('It must be 1 to 255 visible ASCII characters.')
}
