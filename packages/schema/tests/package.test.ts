import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packPackage, type Tarball } from '../scripts/pack-package.ts'

const run = promisify(execFile)
const packageRoot = fileURLToPath(new URL('../', import.meta.url))
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
)

let consumer: string
let tarball: Tarball
beforeAll(async () => {
  // Outside the workspace, so that nothing of it can be found by accident.
  consumer = await realpath(await mkdtemp(join(tmpdir(), 'schema-consumer-')))
  tarball = await packPackage(consumer)
  // What it depends on comes from the workspace: the test needs no registry.
  const dependencies = await Promise.all(
    ['graphql', '@graphql-typed-document-node/core'].map(async (name) => {
      const copy = join(consumer, 'dependencies', name)
      await cp(await realpath(join(packageRoot, 'node_modules', name)), copy, { recursive: true })
      return copy
    }),
  )
  await write({ 'package.json': '{ "private": true, "type": "module" }' })
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--install-links']
  await run('npm', ['install', ...flags, tarball.path, ...dependencies], { cwd: consumer })
}, 60_000)
afterAll(() => rm(consumer, { recursive: true, force: true }))

describe('the package', () => {
  it('holds what is built and what is read, and nothing else', () => {
    const unexpected = tarball.files.filter(
      (path) =>
        !/^dist\/(generated\/)?[a-z-]+\.(js|d\.ts)$/.test(path) &&
        !['LICENSE', 'README.md', 'package.json', 'reference.html', 'schema.graphql'].includes(
          path,
        ),
    )
    expect(unexpected).toEqual([])
  })

  it('has every file that its exports name', async () => {
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8'))
    const named = JSON.stringify(manifest.exports).match(/\.\/[^"]+\.[a-z]+(?=")/g) ?? []
    const targets = named.filter((it) => !Object.keys(manifest.exports).includes(it))
    expect(targets).toEqual(['./dist/index.d.ts', './dist/index.js'])
    for (const path of named) expect(tarball.files).toContain(path.slice(2))
    expect(manifest).not.toHaveProperty('devDependencies')
  })
})

describe('in a project of its own, after npm install', () => {
  it('plain JavaScript sends a typed document to a server of the schema', async () => {
    const stdout = await runScript('validate.js', VALIDATE)
    expect(JSON.parse(stdout)).toEqual({ validateCoupon: { code: 'WELCOME10', valid: true } })
  })

  it('plain JavaScript finds the SDL and the reference by name', async () => {
    const stdout = await runScript(
      'files.js',
      `import { readFileSync } from 'node:fs'
      for (const file of ['schema.graphql', 'reference.html']) {
        const url = new URL(import.meta.resolve('@coupon-gateway/schema/' + file))
        console.log(readFileSync(url, 'utf8').includes('redeemCoupon'))
      }`,
    )
    expect(stdout).toBe('true\ntrue\n')
  })

  it('CommonJS takes it by require', async () => {
    const stdout = await runScript(
      'require.cjs',
      `const { ERROR_CODES, RedeemCouponDocument } = require('@coupon-gateway/schema')
      console.log(RedeemCouponDocument.kind, 'RATE_LIMITED' in ERROR_CODES)`,
    )
    expect(stdout).toBe('Document true\n')
  })

  it.each(['nodenext', 'bundler'])('TypeScript with %s knows its types', async (resolution) => {
    await write({
      'example.ts': await readFile(join(packageRoot, 'examples/redeem-coupon.ts'), 'utf8'),
      'types.ts': TYPES,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: resolution === 'bundler' ? 'preserve' : resolution,
          moduleResolution: resolution,
          strict: true,
          target: 'es2022',
          lib: ['es2023', 'dom'],
          types: [],
          outDir: `out-${resolution}`,
        },
        files: ['example.ts', 'types.ts'],
      }),
    })
    const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: consumer }).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
    expect(await runScript(join(`out-${resolution}`, 'types.js'))).toBe('WELCOME10\n')
  })
})

const VALIDATE = `
import { typeDefs, ValidateCouponDocument } from '@coupon-gateway/schema'
import { buildSchema, graphql, print } from 'graphql'

const { data, errors } = await graphql({
  schema: buildSchema(typeDefs),
  source: print(ValidateCouponDocument),
  variableValues: { code: 'WELCOME10' },
  rootValue: {
    validateCoupon: ({ code }) => ({ code, valid: true, validatedAt: '2026-11-24T06:36:00.000Z' }),
  },
})
if (errors) throw errors[0]
const { code, valid } = data.validateCoupon
console.log(JSON.stringify({ validateCoupon: { code, valid } }))
`

const TYPES = `
import {
  type CouponRejectionReason,
  type TypedDocumentNode,
  type ValidateCouponQuery,
  ValidateCouponDocument,
} from '@coupon-gateway/schema'

declare const console: { log(text: string): void }

function variablesOf<Result, Variables>(
  _document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Variables {
  return variables
}

export function explain({ validateCoupon }: ValidateCouponQuery): CouponRejectionReason | null | undefined {
  // @ts-expect-error it can be null
  validateCoupon.reason
  // @ts-expect-error it has no such field
  validateCoupon?.reasons
  return validateCoupon?.reason
}

// @ts-expect-error a code is demanded
variablesOf(ValidateCouponDocument, {})
// @ts-expect-error a code is a text
variablesOf(ValidateCouponDocument, { code: 10 })
console.log(variablesOf(ValidateCouponDocument, { code: 'WELCOME10' }).code)
`

function installed(path: string): string {
  return join(consumer, 'node_modules/@coupon-gateway/schema', path)
}

async function runScript(name: string, code?: string): Promise<string> {
  if (code !== undefined) await write({ [name]: code })
  return (await run(process.execPath, [name], { cwd: consumer })).stdout
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(consumer, name), text)
}
