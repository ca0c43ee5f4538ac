import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openUpstream } from './client-under-test.ts'
import { done, WIRE_COUPON } from './misbehaving-upstream.ts'

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url))
const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

/** A folder outside the workspace in which the packed packages are installed, as a registry would give them. */
let project: string
const run = (program: string, ...parameters: string[]) =>
  promisify(execFile)(program, parameters, { cwd: project })

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'coupon-gateway-packed-'))
  for (const name of ['coupon-code', 'database', 'client']) await install(name)
  for (const [owner, name] of [
    ['client', '@opentelemetry/api'],
    ['client', 'p-limit'],
    ['client', 'undici'],
    ['database', 'pg'],
    ['database', '@electric-sql/pglite'],
  ] as const) {
    await linkDependency(owner, name)
  }
}, 120_000)
afterAll(() => rm(project, { recursive: true, force: true }))

/** `npm_execpath` is the pnpm that runs this test: its name is not in every PATH. */
async function install(name: string): Promise<void> {
  const tarballs = await mkdtemp(join(project, 'tarballs-'))
  const pack = ['pack', '--pack-destination', tarballs]
  const pnpm = process.env.npm_execpath ?? 'pnpm'
  const isScript = /\.[cm]?js$/.test(pnpm)
  await promisify(execFile)(isScript ? process.execPath : pnpm, isScript ? [pnpm, ...pack] : pack, {
    cwd: join(PACKAGES, name),
  })
  const [tarball = ''] = await readdir(tarballs)
  const folder = join(project, 'node_modules/@coupon-gateway', name)
  await mkdir(folder, { recursive: true })
  await run('tar', '-xzf', join(tarballs, tarball), '-C', folder, '--strip-components=1')
}

async function linkDependency(owner: string, name: string): Promise<void> {
  const link = join(project, 'node_modules', name)
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(PACKAGES, owner, 'node_modules', name), link)
}

/** Runs a program in the project and gives what it printed. */
async function runProgram(source: string): Promise<string> {
  const program = join(project, 'program.mjs')
  await writeFile(program, source)
  return (await run(process.execPath, program)).stdout
}

describe('the packed package, installed outside the workspace', () => {
  it('validates and redeems from plain JavaScript', async () => {
    const upstream = await openUpstream(done(WIRE_COUPON), done({ redemptionId: 'r-1' }))
    const printed = await runProgram(`
      import { createUpstreamClient } from '@coupon-gateway/client'
      const client = createUpstreamClient({ urls: ['${upstream.url}'], apiKey: 'key', profile: 'native' })
      console.log((await client.validate({ code: 'friends-05' })).outcome)
      console.log((await client.redeem({ code: 'friends-05', userId: 'ada' })).redemption.id)
      await client.close()
    `)
    expect(printed).toBe('usable\nr-1\n')
  })

  it('brings the tables of its journal and of its budget, and the command that lists', async () => {
    const upstream = await openUpstream(
      done({ ...WIRE_COUPON, onsiteYn: 'N', onsitePwdYn: 'N' }),
      done(null),
    )
    const databaseUrl = await createTestDatabase(inject('postgresUrl'))
    const printed = await runProgram(`
      import { createUpstreamClient, openJournalDatabase, PLAN_RATE_LIMITS } from '@coupon-gateway/client'
      const database = await openJournalDatabase({ url: '${databaseUrl}' })
      const client = createUpstreamClient({
        urls: ['${upstream.url}'],
        apiKey: 'key',
        profile: 'hosted',
        journal: { database },
        rateLimits: PLAN_RATE_LIMITS.personal,
      })
      const order = { code: 'friends-05', userId: 'ada', idempotencyKey: 'order-1' }
      console.log((await client.redeem(order)).replayed, (await client.redeem(order)).replayed)
      console.log((await client.rateBudget()).source)
      await client.close()
      await database.close()
    `)
    expect(printed).toBe('false true\nshared\n')

    const folder = join(project, 'node_modules/@coupon-gateway/client')
    const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const command = join(folder, bin['coupon-journal'])
    const listed = await run(process.execPath, command, 'list', '--database-url', databaseUrl)
    expect(listed.stdout).toBe('nothing is open\n')
  })

  it('loads without Fastify, its plugin too: who registers that has it', async () => {
    const printed = await runProgram(`
      import { webhooks } from '@coupon-gateway/client/fastify'
      console.log(typeof webhooks)
    `)
    expect(printed).toBe('function\n')
  })

  it('has types that hold without those of the workspace', async () => {
    const consumer = join(project, 'consumer.mts')
    await writeFile(
      consumer,
      `import { createUpstreamClient, type UpstreamClientOptions } from '@coupon-gateway/client'
       declare const options: UpstreamClientOptions
       const result = await createUpstreamClient(options).redeem({ code: 'friends-05' })
       if (result.outcome === 'redeemed') {
         const id: string | null = result.redemption.id
         // @ts-expect-error a type that was lost would be any, and fit
         const wrong: number = result.redemption.id
         console.log(id, wrong)
       }
      `,
    )
    const compile = run(
      process.execPath,
      TSC,
      ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', ''],
      consumer,
    )
    await expect(compile.catch(({ stdout }) => stdout)).resolves.toMatchObject({ stdout: '' })
  })
})
