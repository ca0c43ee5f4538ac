#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Database } from '@coupon-gateway/database'
import type { JournalEntry } from './journal-entry.ts'
import { openJournalDatabase } from './open-journal-database.ts'
import { type Finding, listOpenEntries, settleByPerson } from './review.ts'
import { listStuckRollbacks } from './rollback-row.ts'

// `pnpm journal list|settle`: for the person to whom the journal leaves what no evidence settles.

const USAGE = `Usage: pnpm journal list [--json] [options]
       pnpm journal settle KEY --as redeemed|no-effect|rolled-back [--json] [options]

list    shows redemptions whose outcome is not known (PENDING, SENDING), those that a person has to decide
        (NEEDS_REVIEW), those that seem to have happened twice (REDEEMED with a problem), and rollbacks
        that did not get through
settle  decides one: "redeemed" answers every repeat of its key with the redemption, "no-effect" frees
        its key, so that a repeat is sent; "rolled-back" ends a rollback whose coupon is there again

Options:
  --database-url URL  PostgreSQL of the journal; default the embedded one, which no gateway may have open
  --data-dir FOLDER   folder of the embedded journal, default .data/journal
  --limit N           most entries of list, 1 to 10000, default 100
  --json              one JSON document instead of lines for people

Exit code: 0 nothing is open, or it was settled; 1 list found some, or settle could not; 2 nothing was done.
`

const FINDINGS: readonly Finding[] = ['redeemed', 'no-effect', 'rolled-back']

process.exitCode = await run(process.argv.slice(2))

async function run(argv: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        'database-url': { type: 'string' },
        'data-dir': { type: 'string', default: '.data/journal' },
        as: { type: 'string' },
        limit: { type: 'string', default: '100' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(USAGE)
      return 0
    }
    const step = readStep(positionals, values)
    const url = values['database-url']
    if (url === undefined) requireFolder(values['data-dir'])
    const database = await openJournalDatabase(
      url === undefined ? { dataDirectory: values['data-dir'] } : { url },
    )
    try {
      return await step(database, values.json)
    } finally {
      await database.close()
    }
  } catch (error) {
    process.stderr.write(`journal: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

/** A journal that is opened where there is none would be made, and tell that nothing is open. */
function requireFolder(folder: string): void {
  if (existsSync(folder)) return
  throw new RangeError(
    `--data-dir must be the folder of a journal, got ${folder}, which is not there`,
  )
}

type Step = (database: Database, isJson: boolean) => Promise<number>

/** Reads what is to be done, before any database is opened. */
function readStep(
  [command, key, ...rest]: readonly string[],
  { as, limit }: { readonly as?: string | undefined; readonly limit: string },
): Step {
  if (command === 'list' && key === undefined) {
    const count = Number(limit)
    if (!Number.isInteger(count) || count < 1 || count > 10_000) {
      throw new RangeError(`--limit must be an integer from 1 to 10000, got ${limit}`)
    }
    return (database, isJson) => list(database, count, isJson)
  }
  if (command === 'settle' && key !== undefined && rest.length === 0) {
    const finding = FINDINGS.find((it) => it === as)
    if (finding === undefined) {
      throw new RangeError(`--as must be one of ${FINDINGS.join(', ')}, got ${as ?? 'nothing'}`)
    }
    return (database, isJson) => settle(database, key, finding, isJson)
  }
  throw new RangeError(
    `the command must be list, or settle with one key, got ${command ?? 'nothing'}; --help explains`,
  )
}

async function list(database: Database, limit: number, isJson: boolean): Promise<number> {
  const entries = await listOpenEntries(database, limit)
  const rollbacks = await listStuckRollbacks(database, limit)
  const count = entries.length + rollbacks.length
  if (isJson) {
    const found = { redemptions: entries.map(toJson), rollbacks }
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  } else {
    for (const entry of entries) process.stdout.write(`${describe(entry)}\n`)
    for (const { idempotencyKey, code, problem } of rollbacks) {
      process.stdout.write(`rollback of ${idempotencyKey}  ${code}\n  ${problem}\n`)
    }
    process.stdout.write(count === 0 ? 'nothing is open\n' : `${count} open\n`)
  }
  return count === 0 ? 0 : 1
}

async function settle(
  database: Database,
  key: string,
  finding: Finding,
  isJson: boolean,
): Promise<number> {
  const result = await database.transaction((it) => settleByPerson(it, key, finding))
  if (isJson) process.stdout.write(`${JSON.stringify(result)}\n`)
  switch (result.outcome) {
    case 'settled':
      if (!isJson) process.stdout.write(`${key} is settled as ${finding}\n`)
      return 0
    case 'not-found':
      if (!isJson) process.stderr.write(`journal: there is no redemption with the key ${key}\n`)
      return 1
    case 'not-open':
      if (!isJson) {
        process.stderr.write(`journal: ${key} is ${result.state}, so there is nothing to settle\n`)
      }
      return 1
    default:
      throw new Error(`unknown outcome ${result satisfies never}`)
  }
}

/** What is for the journal alone stays out. */
function toJson(entry: JournalEntry): object {
  const { fingerprint: _fingerprint, claim: _claim, ...shown } = entry
  return shown
}

function describe(entry: JournalEntry): string {
  const { idempotencyKey, code, userId, attempt, begunAt, state } = entry
  const who = userId === null ? '' : ` user ${userId}`
  const head = `${state}  ${idempotencyKey}  ${code}${who}  attempt ${attempt}, begun ${begunAt.toISOString()}`
  if (entry.state === 'PENDING') {
    return `${head}\n  settles itself; what has not arrived by ${entry.settleAfter.toISOString()} is taken not to`
  }
  if (entry.state === 'SENDING') {
    return `${head}\n  its client is gone, and it may have been sent; the next client of this journal settles it`
  }
  const review = 'review' in entry ? entry.review : null
  if (review === null) return head
  const { problem, counted, expected, pending } = review
  const numbers = `uses counted ${counted ?? 'unknown'}, expected ${expected ?? 'unknown'} without the ${pending} in question`
  return `${head}\n  ${problem}\n  ${numbers}; the memo at the upstream ends in [key ${idempotencyKey} ${attempt}]`
}
