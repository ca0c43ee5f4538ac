import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CouponCode,
  generateCouponCodes,
  hasValidCheckSymbol,
  parseCouponCode,
} from '@coupon-gateway/coupon-code'
import { openPglite, openPostgres } from '@coupon-gateway/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DatabasePlace, onPglite, onPostgres } from './api-under-test.ts'
import { readCoupon, runCoupon } from './coupon-command.ts'

const ON_TERMINAL = fileURLToPath(new URL('./coupon-on-terminal.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-import-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function write(ending: string, text: string): Promise<string> {
  files += 1
  const path = join(folder, `${files}.${ending}`)
  await writeFile(path, text)
  return path
}

const linesOf = (text: string) => text.split('\n').slice(0, -1)

/** Runs `coupon` and kills it with SIGKILL once its progress bar for `what` shows `killedAt` or more. */
async function killCoupon(
  environment: Readonly<Record<string, string>>,
  { what, killedAt }: { readonly what: string; readonly killedAt: number },
  args: readonly string[],
): Promise<{ readonly wasKilled: boolean; readonly stdout: string }> {
  const child = spawn(process.execPath, [ON_TERMINAL, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    const shown = [...stderr.matchAll(new RegExp(`([\\d,]+) of [\\d,]+ ${what}`, 'g'))].at(-1)?.[1]
    if (Number(shown?.replaceAll(',', '')) >= killedAt) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return { wasKilled: child.signalCode === 'SIGKILL', stdout }
}

describe.each([
  [
    'PGlite',
    onPglite,
    (place: DatabasePlace) => openPglite(place.environment.DATA_DIR ?? ''),
    3_000,
  ],
  [
    'PostgreSQL',
    onPostgres,
    async (place: DatabasePlace) => openPostgres(place.environment.DATABASE_URL ?? ''),
    8_000,
  ],
] as const)('kill -9 in the middle, on %s', (_name, makePlace, open, count) => {
  let place: DatabasePlace
  beforeAll(async () => {
    place = await makePlace()
    await readCoupon(place.environment, 'account', 'create', 'shop', '--time-zone', 'UTC')
  })
  afterAll(() => place.remove())

  /** Codes of living coupons of this name, each with its counter. */
  async function readStored(name: string): Promise<string[]> {
    const database = await open(place)
    const rows = await database.query<{ code: string }>(
      `select code from coupon join coupon_usage on coupon_id = coupon.id where name = $1 order by code collate "C"`,
      [name],
    )
    await database.close()
    return rows.map(({ code }) => code)
  }

  it('of an import: the next run goes on, no coupon twice and none missing', async () => {
    const codes = [...generateCouponCodes({ count, length: 12 })]
    const file = await write(
      'csv',
      `cpnNo,nm,discTypeIdx,disc\n${codes.map((code) => `${code},imported,457,10\n`).join('')}`,
    )
    const args = ['import', file, '--account', 'shop']
    let kills = 0
    for (const killedAt of [1, count / 2]) {
      const { wasKilled } = await killCoupon(place.environment, { what: 'coupons', killedAt }, args)
      if (wasKilled) kills += 1
    }
    // On a busy machine a run may have ended before it was killed.
    expect(kills).toBeGreaterThan(0)
    expect(await readCoupon(place.environment, ...args)).toMatchObject({
      rows: count,
      imported: count,
      importedBefore: expect.toSatisfy((before: number) => before > 0),
      taken: 0,
    })
    expect(await readStored('imported')).toEqual(codes.toSorted())
    // Once more: nothing is left to do.
    expect(await readCoupon(place.environment, ...args)).toMatchObject({ importedBefore: count })
    expect(await readStored('imported')).toHaveLength(count)
  }, 120_000)

  it('of codes generate: the next run with the key prints all, no coupon twice and none missing', async () => {
    const args = [
      ...['codes', 'generate', '--count', `${count}`, '--account', 'shop', '--key', 'k'],
      ...['--fields', '{"nm":"generated","discTypeIdx":457,"disc":10}'],
    ]
    const killed = await killCoupon(place.environment, { what: 'codes', killedAt: 1_000 }, args)
    const { stdout, exitCode } = await runCoupon(place.environment, ...args)
    expect(exitCode).toBe(0)
    expect(stdout.startsWith(killed.stdout)).toBe(true)
    expect(await readStored('generated')).toEqual(linesOf(stdout).sort())
    expect(linesOf(stdout)).toHaveLength(count)
  }, 120_000)
})

// Each starts many processes.
describe('the commands for many coupons', { timeout: 120_000 }, () => {
  let place: DatabasePlace
  const run = (...args: string[]) => runCoupon(place.environment, ...args)
  const read = (...args: string[]) => readCoupon(place.environment, ...args)
  beforeAll(async () => {
    place = await onPostgres()
    for (const account of ['shop', 'branch', 'bad']) {
      await read('account', 'create', account, '--time-zone', 'UTC')
    }
  })
  afterAll(() => place.remove())
  const exportCoupons = async (account: string) =>
    linesOf((await run('export', 'coupons', '--account', account, '--json')).stdout).map((line) =>
      JSON.parse(line),
    )

  it('import tells every bad row with its line and reason, and imports none of the file', async () => {
    const file = await write(
      'csv',
      [
        'cpnNo,nm,discTypeIdx,disc,useLimit,useCnt,onsiteYn,onsitePwdYn',
        'GOOD-0001,fine,457,10,1,0,N,N',
        'SHORT,fine,457,10,1,0,N,N',
        'GOOD0002,"two\nlines",457,101,1,0,N,N',
        'GOOD0003,fine,457,ten,1,0,N,N',
        'good 0001,fine,457,10,1,0,N,N',
        'GOOD0004,fine,457,10,1,3,N,N',
        'GOOD0005,fine,457,10,1,0,Y,Y',
        'GOOD0006,fine',
        'GOOD0007,fine,457,10,1,0,N,N',
      ].join('\n'),
    )
    const { exitCode, stdout, stderr } = await run('import', file, '--account', 'bad', '--json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr).error).toEqual({
      code: 'BAD_ROWS',
      message: '7 bad of 9 rows: nothing was imported',
    })
    const told = linesOf(stdout).map((line) => JSON.parse(line))
    expect(
      told.map(({ line, problems }) => [
        line,
        ...problems.map((it: { field: string }) => it.field),
      ]),
    ).toEqual([
      [3, 'cpnNo'],
      [4, 'disc'],
      [6, 'disc'],
      [7, 'cpnNo'],
      [8, 'useCnt'],
      [9, 'onsitePwdYn'],
      [10, 'row'],
    ])
    expect((await run('import', file, '--account', 'bad')).stdout).toContain(
      'line 7: cpnNo is GOOD0001 as in line 2; allowed: a number that no other coupon has\n',
    )
    expect(await exportCoupons('bad')).toEqual([])
  })

  it('import tells a code that a coupon has, of the same account only', async () => {
    const row = '{"cpnNo":"TAKEN001","discTypeIdx":457,"disc":10}\n'
    await read('import', await write('ndjson', row), '--account', 'bad')
    const second = await write('ndjson', `${row}{"cpnNo":"TAKEN002","discTypeIdx":457,"disc":10}\n`)
    const { exitCode, stdout } = await run('import', second, '--account', 'bad')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^line 1: cpnNo is TAKEN001, which a coupon of the account has/)
    expect(await exportCoupons('bad')).toHaveLength(1)
    expect(await read('import', second, '--account', 'branch')).toMatchObject({ imported: 2 })
  })

  it.each([
    ['an ending that tells nothing', 'txt', 'x', 2, 'WRONG_CALL'],
    [
      'bytes that are no UTF-8',
      'csv',
      Buffer.from('cpnNo,discTypeIdx,disc\n\xff,457,1', 'latin1'),
      1,
      'BAD_ROWS',
    ],
  ] as const)('import refuses %s', async (_what, ending, text, exit, code) => {
    const file = await write(ending, text as string)
    const { exitCode, stderr } = await run('import', file, '--account', 'bad', '--json')
    expect(exitCode).toBe(exit)
    expect(JSON.parse(stderr).error.code).toBe(code)
  })

  it('what export writes, import takes, to the last character, in both formats', async () => {
    const coupons = [
      {
        cpnNo: 'ROUND001',
        nm: '=1+1',
        discTypeIdx: 458,
        disc: 5.5,
        discCurrency: 'USD',
        useLimit: 3,
      },
      { cpnNo: 'ROUND002', nm: `"quoted", it's\r\ntwo lines 😀`, discTypeIdx: 457, disc: 12.25 },
      { cpnNo: 'ROUND003', nm: "'=x", memo: '-', discTypeIdx: 457, disc: 1, onsiteYn: 'Y' },
      {
        ...{ cpnNo: 'ROUND004', discTypeIdx: 457, disc: 1, strtYmd: '2026-01-01', userLimit: 2 },
        ...{ userId: '007', userEml: 'ada@shop.example', webhookEnableYn: 'Y', grpIdx: 0 },
      },
    ]
    const first = await write('ndjson', coupons.map((it) => `${JSON.stringify(it)}\n`).join(''))
    await read('import', first, '--account', 'shop')
    const given = ({ cpnId: _, regYmdt: __, ...rest }: Record<string, unknown>) => rest
    const sorted = async (account: string) =>
      (await exportCoupons(account))
        .map(given)
        .sort((a, b) => (`${a.cpnNo}` < `${b.cpnNo}` ? -1 : 1))
    const expected = await sorted('shop')
    expect(expected).toMatchObject(coupons)

    for (const format of ['csv', 'ndjson'] as const) {
      await read('account', 'create', format, '--time-zone', 'UTC')
      const { stdout } = await run('export', 'coupons', '--account', 'shop', '--format', format)
      expect(await read('import', await write(format, stdout), '--account', format)).toMatchObject({
        imported: coupons.length,
      })
      expect(await sorted(format)).toEqual(expected)
    }
  })

  it('codes generate prints codes alone without an account, and refuses those that could be guessed', async () => {
    const { stdout } = await run('codes', 'generate', '--count', '2500', '--prefix', 'AB')
    const codes = linesOf(stdout)
    expect(new Set(codes).size).toBe(2_500)
    for (const code of codes) {
      expect(code).toMatch(/^AB/)
      expect(hasValidCheckSymbol(parseCouponCode(code) as CouponCode)).toBe(true)
    }
    const dense = await run('codes', 'generate', '--count', '30000', '--length', '8')
    expect(dense).toMatchObject({ exitCode: 1, stdout: '' })
    expect(dense.stderr).toContain('the shortest --length that does is 9')
  })

  it.each([
    [['--account', 'shop', '--fields', '{"discTypeIdx":457,"disc":101}'], 1, 'INVALID_COUPON'],
    [['--account', 'shop', '--fields', '{"disc":101}'], 1, 'INVALID_COUPON'],
    [['--account', 'nobody', '--fields', '{"discTypeIdx":457,"disc":1}'], 1, 'ACCOUNT_NOT_FOUND'],
    [['--account', 'shop'], 2, 'WRONG_CALL'],
    [['--key', 'k'], 2, 'WRONG_CALL'],
    [['--length', '7'], 2, 'WRONG_CALL'],
  ])('codes generate refuses %j', async (args, exit, code) => {
    const { exitCode, stdout, stderr } = await run(
      'codes',
      'generate',
      '--count',
      '3',
      ...args,
      '--json',
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: exit, stdout: '' })
    expect(JSON.parse(stderr).error.code).toBe(code)
  })
})
