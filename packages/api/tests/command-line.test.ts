import { openPostgres } from '@coupon-gateway/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  call,
  type DatabasePlace,
  onPglite,
  onPostgres,
  startApiProcess,
} from './api-under-test.ts'
import { readCoupon, runCoupon, runCouponProcess } from './coupon-command.ts'

let place: DatabasePlace
const run = (...args: string[]) => runCoupon(place.environment, ...args)
const read = (...args: string[]) => readCoupon(place.environment, ...args)

beforeAll(async () => {
  place = await onPostgres()
  await read('account', 'create', 'shop', '--time-zone', 'Asia/Seoul')
})
afterAll(() => place.remove())

describe('coupon account', () => {
  it('create makes an account with its plan and time zone, and list shows it', async () => {
    const account = await read(
      'account',
      'create',
      'café',
      '--time-zone',
      'UTC',
      '--plan',
      'premium',
    )
    expect(account).toMatchObject({ name: 'café', plan: 'premium', timeZone: 'UTC', keys: 0 })
    expect(await read('account', 'list')).toContainEqual(account)
    expect((await run('account', 'list')).stdout).toMatch(
      /^\d+ +café +premium +of its plan +UTC +0 /m,
    )
  })

  it('change sets another plan and what was agreed on, or takes the agreement back', async () => {
    await read('account', 'create', 'big', '--time-zone', 'UTC', '--limits', '1/2/3')
    const listed = async () =>
      (await read('account', 'list')).find((it: { name: string }) => it.name === 'big')
    expect(await listed()).toMatchObject({ agreedLimits: { minute: 1, hour: 2, day: 3 } })
    await read('account', 'change', 'big', '--plan', 'enterprise', '--limits', '1000/20000/100000')
    expect(await listed()).toMatchObject({
      plan: 'enterprise',
      agreedLimits: { minute: 1_000, hour: 20_000, day: 100_000 },
    })
    await read('account', 'change', 'big', '--plan', 'business')
    expect(await listed()).toMatchObject({ plan: 'business', agreedLimits: null })
  })

  it('create refuses a name that is taken, and leaves the account as it is', async () => {
    const before = await read('account', 'list')
    for (const zone of ['Asia/Seoul', 'UTC']) {
      const { exitCode, stdout, stderr } = await run(
        ...['account', 'create', 'shop', '--time-zone', zone, '--plan', 'business', '--json'],
      )
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(JSON.parse(stderr).error.code).toBe('ACCOUNT_NAME_TAKEN')
    }
    expect(await read('account', 'list')).toEqual(before)
  })
})

describe('coupon key', () => {
  it('create shows a key once, that the service takes, and only its hash is stored', async () => {
    const { key, id } = await read('key', 'create', 'shop', '--label', 'till 7')
    expect(key).toMatch(/^cgk_[0-9a-f]{48}$/)
    const listed = (await read('key', 'list', '--account', 'shop')).find(
      (it: { id: number }) => it.id === id,
    )
    expect(listed).toMatchObject({ label: 'till 7', hint: key.slice(0, 8), revokedAt: null })
    const database = openPostgres(place.environment.DATABASE_URL ?? '', { poolSize: 1 })
    const rows = await database.query('select to_json(api_key) as row from api_key')
    await database.close()
    expect(JSON.stringify(rows)).not.toContain(key)

    const api = await startApiProcess(place)
    expect((await call(api.url, '/validate?cpnNo=ABCDEFGH', { key })).body.error).toBe('NOT_FOUND')
    await api.stop()
  })

  it('revoke ends a key for a service that starts after it, and says the same the second time', async () => {
    const { key, id } = await read('key', 'create', 'shop', '--label', 'lost')
    const first = await read('key', 'revoke', `${id}`)
    const listed = async () =>
      (await read('key', 'list')).find((it: { id: number }) => it.id === id).revokedAt
    const revokedAt = await listed()
    expect(revokedAt).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(await read('key', 'revoke', `${id}`)).toEqual(first)
    expect(await listed()).toBe(revokedAt)

    const api = await startApiProcess(place)
    expect((await call(api.url, '/validate?cpnNo=ABCDEFGH', { key })).status).toBe(401)
    await api.stop()
  })

  it.each([
    [['key', 'create', 'nobody', '--label', 'x'], 'ACCOUNT_NOT_FOUND'],
    [['key', 'revoke', '4000000'], 'KEY_NOT_FOUND'],
  ])('%j ends with 1 and %s', async (args, code) => {
    const { exitCode, stderr } = await run(...args, '--json')
    expect([exitCode, JSON.parse(stderr).error.code]).toEqual([1, code])
  })
})

describe('coupon verify', () => {
  it('finds nothing, and after a counter was changed names coupon, rule and figures with exit code 1', async () => {
    const api = await startApiProcess(place)
    await call(api.url, '/redeem', { method: 'PUT', body: { cpnNo: 'FRIENDS05', userId: 'ada' } })
    await api.stop()
    expect(await run('verify')).toMatchObject({
      exitCode: 0,
      stdout: 'all counters agree with the log\n',
    })
    const database = openPostgres(place.environment.DATABASE_URL ?? '', { poolSize: 1 })
    const change = (by: number) =>
      database.query(
        `update coupon_usage set used = used + $1, granted = granted + $1
         where coupon_id = (select id from coupon where code = 'FRIENDS05')`,
        [by],
      )
    await change(1)
    const { exitCode, stdout } = await run('verify', '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).differences).toMatchObject([
      { code: 'FRIENDS05', found: 'counted 2 used, 0 held, 2 taken; logged 1, 0, 1' },
    ])
    expect((await run('verify')).stdout).toContain('1 differences')
    await change(-1)
    await database.close()
  })

  it('says what to do about a database without tables, and makes none', async () => {
    const empty = await onPostgres()
    const { exitCode, stderr } = await runCoupon(empty.environment, 'verify')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the database lacks core/0001-tables.sql')
    const { findings } = await readCoupon(empty.environment, 'doctor')
    expect(findings).toContainEqual({
      check: 'migrations',
      state: 'warning',
      found: expect.stringContaining('pending: core/0001-tables.sql'),
      advice: 'the next start of the service runs them',
    })
  })
})

describe('coupon doctor', () => {
  it('judges settings, server, clock, durability, connections, locks and migrations', async () => {
    const { findings } = await readCoupon(
      { ...place.environment, DEMO: 'false', DATABASE_POOL_SIZE: '3' },
      'doctor',
    )
    // Of the demo there are two where another test left its keys.
    const checks = new Set(findings.map((it: { check: string }) => it.check))
    expect([...checks]).toEqual([
      'settings',
      'demo',
      'database',
      'encoding',
      'clock',
      'role',
      'durability',
      'connections',
      'locks',
      'migrations',
    ])
    expect((await run('doctor')).stdout).toMatch(/^warn {2}demo: /m)
  })

  it('finds a migration that was changed after it ran, and a durability that is off', async () => {
    const other = await onPostgres()
    await readCoupon(other.environment, 'account', 'create', 'shop', '--time-zone', 'UTC')
    const database = openPostgres(other.environment.DATABASE_URL ?? '', { poolSize: 1 })
    await database.execute(`
      update schema_migration set checksum = 'other' where room = 'core' and name = '0001-tables.sql';
      insert into schema_migration values ('api', '9999-from-tomorrow.sql', '');
      do $$ begin
        execute format('alter database %I set synchronous_commit = off', current_database());
      end $$`)
    await database.close()
    const { exitCode, stdout } = await runCoupon(other.environment, 'doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}durability: .*synchronous_commit off/m)
    expect(stdout).toMatch(/^FAIL {2}migrations: changed after they ran: core\/0001-tables.sql/m)
    expect(stdout).toMatch(/^warn {2}migrations: of a newer version .*9999-from-tomorrow.sql/m)
  })

  it('says that a database cannot be reached, in one finding', async () => {
    const { exitCode, stdout } = await runCoupon(
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      'doctor',
    )
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}database: PostgreSQL at 127.0.0.1:1 is unavailable/m)
  })
})

describe('coupon as a process', () => {
  it('ends with the code of its outcome, and with all that it has to say', async () => {
    const outcomes = await Promise.all(
      [
        ['codes', 'generate', '--count', '20000'],
        ['key', 'revoke', '4000000'],
        ['key', 'revoke', 'x'],
      ].map((args) => runCouponProcess(place.environment, ...args)),
    )
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 1, 2])
    expect(outcomes.map(({ stdout }) => stdout.split('\n').length)).toEqual([20_001, 1, 1])
    expect(outcomes[1]?.stderr).toBe(
      'coupon: there is no key 4000000; `coupon key list` shows all\n',
    )
  }, 120_000)
})

describe('a wrong call', () => {
  it.each([
    ['an unknown command', ['bogus'], "unknown command 'bogus'"],
    ['no command', [], 'Usage: coupon'],
    ['a missing argument', ['key', 'revoke'], "missing required argument 'id'"],
    ['a bad id', ['key', 'revoke', '1e3'], 'It must be a number from 1 on'],
    [
      'a zone that PostgreSQL would read backwards',
      ['account', 'create', 'x', '--time-zone', 'UTC+9'],
      'It must be an IANA name such as Asia/Seoul',
    ],
    [
      'an unknown plan',
      ['account', 'create', 'x', '--time-zone', 'UTC', '--plan', 'gold'],
      'Allowed choices are free, personal',
    ],
    [
      'limits that are none',
      ['account', 'change', 'shop', '--plan', 'premium', '--limits', '1/2'],
      'It must be calls a minute/hour/day such as 120/1200/2500, each from 1 to 1000000000.',
    ],
    ['a change of nothing', ['account', 'change', 'shop'], "'--plan <plan>' not specified"],
    ['an empty name', ['account', 'create', '', '--time-zone', 'UTC'], 'a text of 1 to 100'],
  ])('%s ends with 2 and says what is allowed', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await run(...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })

  it('with --json is told as JSON, and so is a bad setting, without its value', async () => {
    const wrong = await run('key', 'revoke', 'x', '--json')
    expect([wrong.exitCode, JSON.parse(wrong.stderr).error.code]).toEqual([2, 'WRONG_CALL'])
    const bad = await runCoupon({ DATABASE_URL: 'mysql://me:hunter2@db' }, 'doctor', '--json')
    expect([bad.exitCode, JSON.parse(bad.stderr).error.code]).toEqual([2, 'BAD_SETTING'])
    expect(bad.stderr).not.toContain('hunter2')
  })

  it('help is no wrong call, and is there for every command', async () => {
    for (const args of [['--help'], ['account', '--help'], ['key', 'create', '--help']]) {
      const { exitCode, stdout, stderr } = await run(...args)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toContain('Usage: coupon')
    }
  })
})

it('the embedded database is one process at a time: beside a running service a command says so', async () => {
  const embedded = await onPglite()
  const api = await startApiProcess(embedded)
  const { exitCode, stderr } = await runCoupon(embedded.environment, 'account', 'list')
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`is in use by process ${api.pid}; stop that process`)
  await api.stop()
  expect((await runCoupon(embedded.environment, 'account', 'list')).stdout).toContain('demo-free')
  expect((await runCoupon(embedded.environment, 'verify')).exitCode).toBe(0)
  await embedded.remove()
}, 120_000)

describe('coupon group and coupon template', () => {
  it.each(['group', 'template'])(
    '%s save makes one or replaces it, list shows it',
    async (kind) => {
      const save = (settings: string) =>
        read(kind, 'save', 'shop', '271', '--name', 'Spring', '--settings', settings)
      const all =
        '{"nm":"n","discTypeIdx":458,"disc":5,"discCurrency":"KRW","strtYmd":"","endYmd":"2999-12-31","useLimit":2,"userLimit":1,"onsiteYn":"N","url":"u","imgUrl":"i","domain":"d","webhookEnableYn":"Y"}'
      expect((await save(all)).settings).toEqual(JSON.parse(all))
      await save('{"imgUrl":"https://shop.example/a.png"}')
      expect(await read(kind, 'list', 'shop')).toEqual([
        { id: 271, name: 'Spring', settings: { imgUrl: 'https://shop.example/a.png' } },
      ])
      expect((await run(kind, 'list', 'shop')).stdout).toContain('https://shop.example/a.png')
    },
  )

  it.each([
    ['a text that is not JSON', '{', 2, 'a JSON object'],
    ['a field of one coupon alone', '{"memo":"x"}', 2, 'memo is not a known field'],
    ['a field of another type', '{"useLimit":"1"}', 2, 'useLimit'],
    ['a rule that it breaks', '{"discTypeIdx":457,"disc":101}', 1, 'disc is 101 percent'],
  ])('save refuses %s, and says so', async (_what, settings, code, message) => {
    const outcome = await run('group', 'save', 'shop', '9', '--name', 'x', '--settings', settings)
    expect(outcome.exitCode).toBe(code)
    expect(outcome.stderr).toContain(message)
  })
})
