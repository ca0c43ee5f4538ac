import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { migrateJournal } from '../src/index.ts'

const COMMAND = fileURLToPath(new URL('../src/journal/command.ts', import.meta.url))

interface End {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(...options: string[]): Promise<End> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...options], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

/** A journal with one entry for a person, and one that is settled. */
async function openJournal() {
  const url = await createTestDatabase(inject('postgresUrl'))
  const database = openPostgres(url)
  onTestFinished(() => database.close())
  await migrateJournal(database)
  await database.execute(`
    insert into journal_coupon (code, known_count, use_limit) values ('FRIENDS05', 3, 5);
    insert into journal_entry (idempotency_key, fingerprint, code, user_id, state, attempt, claim, owner, version,
      evidence, redeemed_at, review)
    values
      ('order-17', 'secret-print', 'FRIENDS05', 'ada', 'NEEDS_REVIEW', 1, '${randomUUID()}', '${randomUUID()}', 1,
        null, null, '{"problem": "somebody else redeems it", "counted": 3, "expected": 1, "pending": 1, "group": null, "effects": null}'),
      ('order-18', 'secret-print', 'FRIENDS05', 'bob', 'REDEEMED', 1, '${randomUUID()}', '${randomUUID()}', 1,
        'ANSWER', clock_timestamp(), null)`)
  const stateOf = async (key: string) => {
    const [row] = await database.query<{ state: string; evidence: string }>(
      'select state, evidence from journal_entry where idempotency_key = $1',
      [key],
    )
    return row
  }
  return { url, database, stateOf }
}

describe('the journal command', () => {
  it('lists what is open with what is known, for people and as JSON, with exit code 1', async () => {
    const { url } = await openJournal()
    const people = await run('list', '--database-url', url)
    expect(people.code).toBe(1)
    expect(people.stdout).toContain('NEEDS_REVIEW  order-17  FRIENDS05 user ada')
    expect(people.stdout).toContain('somebody else redeems it')
    expect(people.stdout).toContain('uses counted 3, expected 1')
    expect(people.stdout).toContain('[key order-17 1]')
    expect(people.stdout).not.toContain('order-18')
    const programs = await run('list', '--json', '--database-url', url)
    expect(JSON.parse(programs.stdout)).toMatchObject({
      redemptions: [{ idempotencyKey: 'order-17', state: 'NEEDS_REVIEW', review: { counted: 3 } }],
      rollbacks: [],
    })
    expect(programs.stdout).not.toContain('secret-print')
  })

  it.each([
    ['redeemed', 'REDEEMED'],
    ['no-effect', 'NO_EFFECT'],
  ])('settles one as %s, once, and then has nothing to list', async (finding, state) => {
    const { url, stateOf } = await openJournal()
    const settle = ['settle', 'order-17', '--as', finding, '--database-url', url]
    expect(await run(...settle)).toMatchObject({
      code: 0,
      stdout: `order-17 is settled as ${finding}\n`,
    })
    expect(await stateOf('order-17')).toMatchObject({ state, evidence: 'PERSON' })
    expect(await run(...settle)).toMatchObject({
      code: 1,
      stderr: `journal: order-17 is ${state}, so there is nothing to settle\n`,
    })
    expect(await run('list', '--database-url', url)).toMatchObject({
      code: 0,
      stdout: 'nothing is open\n',
    })
  })

  it('lists a rollback that did not get through, and ends it', async () => {
    const { url, stateOf } = await openJournal()
    const database = openPostgres(url)
    onTestFinished(() => database.close())
    await database.execute(`
      insert into journal_rollback (idempotency_key, rollback_key, code, reason, settings, step, problem)
      values ('order-18', 'rollback-1', 'FRIENDS05', 'order cancelled', '{}', 'NEEDS_REVIEW', 'the code is taken')`)
    const listed = await run('list', '--database-url', url)
    expect(listed.stdout).toContain('rollback of order-18  FRIENDS05\n  the code is taken')
    const settle = ['settle', 'order-18', '--as', 'rolled-back', '--database-url', url]
    expect(await run(...settle)).toMatchObject({ code: 0 })
    expect(await stateOf('order-18')).toMatchObject({ state: 'ROLLED_BACK' })
    expect(await run(...settle)).toMatchObject({ code: 1 })
  })

  it('lists what was in flight when its client died, and not what is in flight', async () => {
    const { url, database } = await openJournal()
    const [alive, gone] = [randomUUID(), randomUUID()]
    await database.execute(`
      insert into journal_owner (id, alive_until) values ('${alive}', 'infinity'), ('${gone}', '-infinity');
      insert into journal_entry (idempotency_key, fingerprint, code, state, attempt, claim, owner, version)
      values ('order-20', 'print', 'FRIENDS05', 'SENDING', 1, '${randomUUID()}', '${alive}', 1),
        ('order-21', 'print', 'FRIENDS05', 'SENDING', 1, '${randomUUID()}', '${gone}', 1)`)
    const { code, stdout } = await run('list', '--database-url', url)
    expect(code).toBe(1)
    expect(stdout).toContain('SENDING  order-21  FRIENDS05')
    expect(stdout).toContain('its client is gone')
    expect(stdout).not.toContain('order-20')
  })

  it('does not unsettle a redemption that is known, nor one that nobody knows', async () => {
    const { url, stateOf } = await openJournal()
    for (const [key, outcome] of [
      ['order-18', 'not-open'],
      ['order-19', 'not-found'],
    ] as const) {
      const end = await run('settle', key, '--as', 'no-effect', '--json', '--database-url', url)
      expect(end.code).toBe(1)
      expect(JSON.parse(end.stdout)).toMatchObject({ outcome })
    }
    expect(await stateOf('order-18')).toMatchObject({ state: 'REDEEMED' })
  })

  it.each([
    [[], 'the command must be list, or settle with one key, got nothing'],
    [['settle', 'order-17'], '--as must be one of redeemed, no-effect, rolled-back, got nothing'],
    [
      ['settle', 'order-17', '--as', 'maybe'],
      '--as must be one of redeemed, no-effect, rolled-back, got maybe',
    ],
    [['list', '--limit', '0'], '--limit must be an integer from 1 to 10000, got 0'],
    [['list', '--data-dir', 'no/such/folder'], '--data-dir must be the folder of a journal'],
    [['list', '--database-url', 'postgres://me:hunter2@127.0.0.1:1/x'], 'is unavailable'],
  ])('ends with code 2 and a line for %j', async (options, message) => {
    const end = await run(...options)
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr).toContain(message)
    expect(end.stderr).not.toContain('hunter2')
  })
})
