import { readdirSync, readFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as typedDocumentNode from '@graphql-codegen/typed-document-node'
import * as typescript from '@graphql-codegen/typescript'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers'
import {
  buildASTSchema,
  buildSchema,
  concatAST,
  lexicographicSortSchema,
  parse,
  printSchema,
  Source,
} from 'graphql'
import { withErrorTables } from './error-tables.ts'

/** Run from anywhere in the workspace. */
export const GENERATE_COMMAND = 'npx -y pnpm@12 --filter @coupon-gateway/schema run generate'

/** Made of `sdl/`, `documents/` and the table of codes, and committed, so that consumers need no generator. */
export interface GeneratedFile {
  /** Relative to the package. */
  readonly path: string
  readonly text: string
}

export const PACKAGE_ROOT = new URL('../', import.meta.url)
const PLUGINS = { typescript, typescriptOperations, typescriptResolvers, typedDocumentNode }

/** What both generated modules must agree on. */
const SHARED_CONFIG = {
  useTypeImports: true,
  importExtension: '.ts',
  enumsAsTypes: true,
  immutableTypes: true,
  // A new scalar stops the generator here instead of becoming `any`.
  strictScalars: true,
  scalars: { ID: 'string', DateTime: 'string', Date: 'string', Decimal: 'string' },
  // With exactOptionalPropertyTypes a caller could not pass on an absent value otherwise.
  inputMaybeValue: 'T | null | undefined',
} as const

/** Makes every generated file, without writing any. Throws where the SDL or a document is wrong. */
export async function generateFiles(): Promise<GeneratedFile[]> {
  const sources = concatAST(readSources('sdl').map((source) => parse(source)))
  const sdl = layOut(printSchema(lexicographicSortSchema(buildASTSchema(sources))))
  return [
    { path: 'schema.graphql', text: `${header('#')}\n${sdl}\n` },
    { path: 'README.md', text: withErrorTables(readReadme(), buildASTSchema(sources)) },
    { path: 'src/generated/schema-sdl.ts', text: generateSdlModule(sdl) },
    { path: 'src/generated/resolvers.ts', text: await generateResolverTypes(sdl) },
    { path: 'src/generated/documents.ts', text: await generateDocuments(sdl) },
  ]
}

function readReadme(): string {
  return readFileSync(new URL('README.md', PACKAGE_ROOT), 'utf8')
}

/** Lays SDL out as the formatter would, which checks `schema.graphql` too. */
function layOut(sdl: string): string {
  return sdl.replaceAll(/^( *)"""(.+)"""$/gm, '$1"""\n$1$2\n$1"""').replaceAll(/ +$/gm, '')
}

/** The SDL as a module, since a browser cannot read the file. */
function generateSdlModule(sdl: string): string {
  return `${header('//')}
/** The whole schema in GraphQL's schema definition language, sorted, with descriptions. */
export const typeDefs = \`${sdl.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`
`
}

async function generateResolverTypes(sdl: string): Promise<string> {
  return generateModule(sdl, 'src/generated/resolvers.ts', {
    plugins: [{ typescript: {} }, { typescriptResolvers: {} }],
    config: {
      // A resolver that forgets a field, or a root field without a resolver, would answer null in silence.
      avoidOptionals: { field: true, query: true, mutation: true },
      // The members of a union and an interface say what they are, so that no server needs a __resolveType.
      resolversNonOptionalTypename: true,
      // The log of a coupon has a resolver of its own: it costs a call of its own.
      mappers: { Coupon: 'Omit<Coupon, "redemptions">' },
      optionalResolveType: true,
    },
  })
}

async function generateDocuments(sdl: string): Promise<string> {
  return generateModule(sdl, 'src/generated/documents.ts', {
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    documents: readSources('documents').map((source) => ({
      location: source.name,
      document: parse(source, { noLocation: true }),
    })),
    config: {
      // Parsed at generation: a browser needs no GraphQL parser.
      documentMode: 'documentNode',
      importSchemaTypesFrom: './src/generated/resolvers.ts',
      arrayInputCoercion: false,
    },
  })
}

async function generateModule(
  sdl: string,
  path: string,
  {
    config,
    documents = [],
    plugins,
  }: Pick<CodegenOptions, 'config' | 'plugins'> & Partial<Pick<CodegenOptions, 'documents'>>,
): Promise<string> {
  const code = await codegen({
    filename: path,
    schema: parse(sdl),
    schemaAst: buildSchema(sdl),
    pluginMap: PLUGINS,
    plugins,
    documents,
    config: { ...SHARED_CONFIG, ...config },
  })
  return `${header('//')}\n${code.trim()}\n`
}

type CodegenOptions = Parameters<typeof codegen>[0]

function readSources(folder: 'sdl' | 'documents'): Source[] {
  const url = new URL(`${folder}/`, PACKAGE_ROOT)
  return readdirSync(url)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => new Source(readFileSync(new URL(name, url), 'utf8'), `${folder}/${name}`))
}

function header(comment: '#' | '//'): string {
  return [
    'Generated by packages/schema/scripts/generate.ts from sdl/ and documents/. Do not edit. To make it anew:',
    GENERATE_COMMAND,
  ]
    .map((line) => `${comment} ${line}\n`)
    .join('')
}
