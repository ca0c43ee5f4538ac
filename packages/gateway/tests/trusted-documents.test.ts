import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentIdOf, RedeemCouponDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { InjectOptions } from 'fastify'
import { print } from 'graphql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerWithSuccess } from './answering-upstream.ts'
import { buildGatewayOver } from './gateway-in-process.ts'

const OWN = 'query Mine($code: String!) { validateCoupon(code: $code) { valid } }'
const OTHER = '{ validateCoupon(code: "SECRETCODE") { valid } }'
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const variables = { code: 'FRIENDS05' }

async function open(environment: Readonly<Record<string, string>> = {}) {
  const paths: string[] = []
  const app = await buildGatewayOver(answerWithSuccess, (path) => paths.push(path), environment)
  onTestFinished(() => app.close())
  const ask = async (options: InjectOptions) => {
    const answered = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: 'Bearer sk_demo' },
      ...options,
    })
    const { data, errors } = answered.json()
    return {
      status: answered.statusCode,
      code: errors?.[0].extensions.code,
      message: errors?.[0].message,
      data,
      headers: answered.headers,
    }
  }
  const post = (payload: object) => ask({ payload })
  const get = (search: Readonly<Record<string, string>> | string[][]) =>
    ask({ method: 'GET', url: `/graphql?${new URLSearchParams(search)}` })
  return { ask, post, get, paths }
}

async function writeManifest(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trusted-documents-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, `${randomUUID()}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('TRUSTED_DOCUMENTS', () => {
  it('off answers every document', async () => {
    const { post } = await open()
    expect(await post({ query: OTHER })).toMatchObject({ status: 200, code: undefined })
    expect(await post({ query: OWN, variables })).toMatchObject({ status: 200, code: undefined })
  })

  it('enforce answers those of the package, by id and by text, and no other', async () => {
    const { post, paths } = await open({ TRUSTED_DOCUMENTS: 'enforce' })
    const documentId = documentIdOf(ValidateCouponDocument)
    const query = print(ValidateCouponDocument)
    for (const named of [{ documentId }, { query }]) {
      const { status, data } = await post({ ...named, variables })
      expect([status, data.validateCoupon.valid]).toEqual([200, true])
    }
    paths.length = 0
    for (const other of [OTHER, OWN, `${query} `, '{ __typename }', 'no GraphQL']) {
      expect(await post({ query: other, variables })).toMatchObject({
        status: 403,
        code: 'QUERY_NOT_IN_SAFELIST',
      })
    }
    expect(paths).toEqual([])
  })

  it('enforce lets nobody register a document, as automatic persisted queries do', async () => {
    const { post } = await open({ TRUSTED_DOCUMENTS: 'enforce' })
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(OTHER) } }
    expect(await post({ extensions })).toMatchObject({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_FOUND',
      // What clients of Apollo's protocol look for.
      message: 'PersistedQueryNotFound',
    })
    expect(await post({ extensions, query: OTHER })).toMatchObject({
      status: 403,
      code: 'QUERY_NOT_IN_SAFELIST',
    })
    expect(await post({ extensions })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
  })

  it('off answers what comes with its hash, and remembers none of it', async () => {
    const { post } = await open()
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(OTHER) } }
    expect(await post({ extensions, query: OTHER })).toMatchObject({ status: 200, code: undefined })
    expect(await post({ extensions })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
  })

  it('is one of three words', async () => {
    await expect(open({ TRUSTED_DOCUMENTS: 'strict' })).rejects.toThrow(
      'TRUSTED_DOCUMENTS must be one of off, log, enforce',
    )
  })
})

describe('TRUSTED_DOCUMENTS_FILE', () => {
  const apollos = (...operations: object[]) => ({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations,
  })

  it.each([
    ['GraphQL Code Generator', { [hashOf(OWN)]: OWN }],
    ['Apollo', apollos({ id: hashOf(OWN), name: 'Mine', type: 'query', body: OWN })],
    ['Relay, by an id of its own', { 'mine-1': OWN }],
  ])('takes the manifest of %s', async (_, manifest) => {
    const { post } = await open({
      TRUSTED_DOCUMENTS: 'enforce',
      TRUSTED_DOCUMENTS_FILE: await writeManifest(manifest),
    })
    const hash = hashOf(OWN)
    const ids = [hash, `sha256:${hash}`, ...Object.keys(manifest).filter((it) => it === 'mine-1')]
    for (const documentId of ids) {
      const { status, data } = await post({ documentId, variables })
      expect([status, data]).toEqual([200, { validateCoupon: { valid: true } }])
    }
    // And those of the package are there still.
    expect(
      await post({ documentId: documentIdOf(ValidateCouponDocument), variables }),
    ).toMatchObject({ status: 200 })
  })

  it('runs documents that the compiler is not trusted with as graphql-js does', async () => {
    const text = `query Mine($code: String! = "FRIENDS05", $not: Boolean!, $first: Int) {
      validateCoupon(code: $code) { valid @skip(if: $not) code @include(if: $not) }
      redemptions(filter: { code: $code }, first: $first) { nodes { id } }
    }`
    const { post } = await open({ TRUSTED_DOCUMENTS_FILE: await writeManifest({ mine: text }) })
    expect(await post({ documentId: 'mine', variables: { not: true } })).toMatchObject({
      status: 200,
      data: { validateCoupon: { code: 'FRIENDS05' }, redemptions: { nodes: [{}] } },
    })
    expect(await post({ documentId: 'mine', variables: { not: 5 } })).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
    })
  })

  it.each([
    ['no JSON', '{', 'JSON'],
    ['a list', [], 'it must be { "<id>": "<text>" }'],
    ['another hash', { [hashOf('a')]: OWN }, `the SHA-256 of the document ${hashOf('a')} is`],
    ['an id with a colon', { 'md5:1': OWN }, 'the id "md5:1" must be 1 to 128 of'],
    ['no GraphQL', { mine: '{' }, 'mine: Syntax Error'],
    ['an unknown field', { mine: '{ nothing }' }, 'mine: Cannot query field "nothing"'],
    ['two operations', { mine: 'query A { __typename } query B { __typename }' }, 'one operation'],
    [
      'a document past the limits',
      { mine: `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: __typename`).join(' ')} }` },
      'at most 10 root fields, got 11',
    ],
    [
      'an id that stands for two documents',
      apollos({ id: 'mine', body: OWN }, { id: 'mine', body: OTHER }),
      'the id mine stands for two documents',
    ],
  ])('with %s stops the start', async (_, manifest, problem) => {
    const file = await writeManifest(manifest)
    await expect(open({ TRUSTED_DOCUMENTS_FILE: file })).rejects.toThrow(
      /^TRUSTED_DOCUMENTS_FILE must hold valid documents/,
    )
    await expect(open({ TRUSTED_DOCUMENTS_FILE: file })).rejects.toThrow(problem)
  })
})

describe('GET', () => {
  const documentId = documentIdOf(ValidateCouponDocument)
  const sent = JSON.stringify(variables)

  it('answers queries that are trusted documents, however they are named, and nobody may store it', async () => {
    const { get } = await open()
    const extensions = JSON.stringify({
      persistedQuery: { version: 1, sha256Hash: documentId.slice('sha256:'.length) },
    })
    for (const named of [
      { documentId },
      { extensions },
      { query: print(ValidateCouponDocument) },
    ]) {
      const { status, data, headers } = await get({ ...named, variables: sent })
      expect([status, data.validateCoupon.valid]).toEqual([200, true])
      expect(headers['cache-control']).toBe('no-store')
    }
    expect(await get({ documentId, variables: sent, operationName: '' })).toMatchObject({
      status: 200,
    })
  })

  it('answers no other query, and never writes', async () => {
    const { get, paths } = await open()
    const input = JSON.stringify({ input: { code: 'FRIENDS05', idempotencyKey: 'order-1001' } })
    for (const named of [
      { query: OTHER },
      { query: print(RedeemCouponDocument) },
      { documentId: documentIdOf(RedeemCouponDocument) },
    ]) {
      const { status, code, headers } = await get({ ...named, variables: input })
      expect([status, code, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', 'POST'])
    }
    expect(paths).toEqual([])
  })

  it.each([
    ['variables that are no JSON', [['variables', '{']]],
    ['variables that are a list', [['variables', '[]']]],
    ['extensions that are no object', [['extensions', '5']]],
    [
      'variables twice',
      [
        ['variables', '{}'],
        ['variables', '{}'],
      ],
    ],
    ['two ids', [['documentId', 'a']]],
  ])('with %s is told what is allowed', async (_, search) => {
    const { get } = await open()
    expect(await get([['documentId', documentId], ...search])).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('once'),
    })
  })

  it('needs a key', async () => {
    const { ask } = await open()
    const url = `/graphql?${new URLSearchParams({ documentId, variables: sent })}`
    expect(await ask({ method: 'GET', url, headers: {} })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    })
  })
})
