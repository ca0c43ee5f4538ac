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

let tarball: Tarball
const folders: string[] = []
beforeAll(async () => {
  tarball = await packPackage(await makeFolder())
}, 60_000)
afterAll(() => Promise.all(folders.map((it) => rm(it, { recursive: true, force: true }))))

describe('the package', () => {
  it('holds what is built, and every file that its exports name, and nothing else', async () => {
    const { exports } = await readManifest()
    const named = JSON.stringify(exports)
      .match(/(?<=:"\.\/)[^"]+/g)
      ?.sort()
    expect(named).toEqual(expect.arrayContaining(['dist/index.d.ts', 'dist/index.js']))
    expect(tarball.files).toEqual(expect.arrayContaining(named ?? []))
    const built = /^dist\/(generated\/)?[a-z-]+\.(js|d\.ts)$/
    expect(tarball.files.filter((path) => !built.test(path) && !named?.includes(path))).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
  })

  it('asks for nothing that only this workspace needs', async () => {
    const manifest = await readManifest()
    expect(manifest).not.toHaveProperty('devDependencies')
    expect(manifest).not.toHaveProperty('scripts')
  })
})

// Each of the two resolutions of types with one of the two versions, since either has its own failures.
describe.each([
  { graphql: 'graphql', major: 16, resolution: 'nodenext' },
  { graphql: 'graphql-17', major: 17, resolution: 'bundler' },
])(
  'in a project of its own, after npm install beside graphql $major',
  ({ graphql, major, resolution }) => {
    let consumer: Consumer
    beforeAll(async () => {
      consumer = await installBeside(graphql)
    }, 60_000)

    it('plain JavaScript sends a typed document to a server of the schema', async () => {
      const stdout = await consumer.runScript('validate.js', VALIDATE)
      expect(JSON.parse(stdout)).toEqual({ major, code: 'WELCOME10', valid: true })
    })

    it('plain JavaScript finds the SDL, the reference and the trusted documents by name', async () => {
      const stdout = await consumer.runScript(
        'files.js',
        `import { readFileSync } from 'node:fs'
      for (const file of ['schema.graphql', 'reference.html', 'trusted-documents.json']) {
        const url = new URL(import.meta.resolve('@coupon-gateway/schema/' + file))
        console.log(readFileSync(url, 'utf8').includes('redeemCoupon'))
      }`,
      )
      expect(stdout).toBe('true\ntrue\ntrue\n')
    })

    it('CommonJS takes it by require', async () => {
      const stdout = await consumer.runScript(
        'require.cjs',
        `const { ERROR_CODES, RedeemCouponDocument } = require('@coupon-gateway/schema')
      console.log(RedeemCouponDocument.kind, 'RATE_LIMITED' in ERROR_CODES)`,
      )
      expect(stdout).toBe('Document true\n')
    })

    it(`TypeScript with ${resolution} knows its types`, async () => {
      await consumer.write({
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
            outDir: 'out',
          },
          files: ['example.ts', 'types.ts'],
        }),
      })
      const { stdout } = await run(process.execPath, [tsc, '-p', '.'], {
        cwd: consumer.path,
      }).catch((error: { stdout: string }) => error)
      expect(stdout).toBe('')
      expect(await consumer.runScript('out/types.js')).toBe('WELCOME10\n')
    })
  },
)

const VALIDATE = `
import { typeDefs, ValidateCouponDocument } from '@coupon-gateway/schema'
import { buildSchema, graphql, print, versionInfo } from 'graphql'

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
console.log(JSON.stringify({ major: versionInfo.major, code, valid }))
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

async function readManifest(): Promise<{ readonly exports: object }> {
  const { stdout } = await run('tar', ['-xOzf', tarball.path, 'package/package.json'])
  return JSON.parse(stdout)
}

/** A project outside the workspace, so that nothing of the workspace can be found by accident. */
interface Consumer {
  readonly path: string
  write(files: Readonly<Record<string, string>>): Promise<void>
  /** Runs a script with Node and gives what it printed. */
  runScript(name: string, code?: string): Promise<string>
}

async function installBeside(graphql: string): Promise<Consumer> {
  const path = await makeFolder()
  // What it depends on comes from the workspace: the test needs no registry.
  const dependencies = await Promise.all(
    [graphql, '@graphql-typed-document-node/core'].map(async (name) => {
      const copy = join(path, 'dependencies', name)
      await cp(await realpath(join(packageRoot, 'node_modules', name)), copy, { recursive: true })
      return copy
    }),
  )
  const write: Consumer['write'] = async (files) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  }
  await write({ 'package.json': '{ "private": true, "type": "module" }' })
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--install-links']
  const strictly = [...flags, '--strict-peer-deps']
  await run('npm', ['install', ...strictly, tarball.path, ...dependencies], { cwd: path })
  return {
    path,
    write,
    async runScript(name, code) {
      if (code !== undefined) await write({ [name]: code })
      return (await run(process.execPath, [name], { cwd: path })).stdout
    },
  }
}

async function makeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'schema-consumer-')))
  folders.push(folder)
  return folder
}
