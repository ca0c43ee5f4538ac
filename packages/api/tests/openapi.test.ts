import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { ERROR_SYMBOLS } from '../src/index.ts'
import { DOCUMENT_FILE, generateDocument } from '../src/openapi/write-document.ts'
import { expectDescribed } from './expect-described.ts'

const committed = await readFile(DOCUMENT_FILE, 'utf8')
const { paths, components } = JSON.parse(committed)
// biome-ignore lint/suspicious/noExplicitAny: any part of a document.
const operations: any[] = Object.values(paths).flatMap((path) => Object.values(path as object))

describe('expectDescribed, through which the tests call the API,', () => {
  const validate = (status: number, body: object) => () =>
    expectDescribed('GET', '/api/coupon/v1/validate?cpnNo=WELCOME10', {
      status,
      headers: new Headers({ 'Content-Type': 'application/json; charset=utf-8' }),
      text: JSON.stringify(body),
    })
  const notFound = { code: 1001, message: 'no', result: null, error: 'NOT_FOUND' }

  it.each([
    ['a field too many', validate(200, { ...notFound, hint: '' })],
    ['a field too few', validate(200, { code: 1001, message: 'no', error: 'NOT_FOUND' })],
    ['an error that is not of this call', validate(200, { ...notFound, error: 'CODE_TAKEN' })],
    ['a status that is not of this call', validate(413, notFound)],
    ['a status without that error', validate(401, notFound)],
  ])('refuses %s', (_what, check) => expect(check).toThrow())

  it('accepts what the call answers', validate(200, notFound))
})

describe('openapi.json', () => {
  it('is what the routes say', async () => {
    const isCurrent = committed === (await generateDocument())
    expect(
      isCurrent,
      'openapi.json is not current: run `npx -y pnpm@12 --filter @coupon-gateway/api generate`',
    ).toBe(true)
  })

  it('is a valid OpenAPI 3.1 document, its examples too, without a warning', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] })
    const problems = await lintFromString({
      source: committed,
      absoluteRef: fileURLToPath(DOCUMENT_FILE),
      config,
    })
    expect(problems.map((it) => `${it.ruleId} ${it.location[0]?.pointer}: ${it.message}`)).toEqual(
      [],
    )
  })

  it('has every error of the contract that a call can end with', () => {
    const consts = [...committed.matchAll(/"const": "([A-Z_]+)"/g)].map(([, value]) => value)
    const unreachable = ['ROUTE_NOT_FOUND', 'FORBIDDEN']
    expect(
      Object.keys(ERROR_SYMBOLS).filter((it) => !consts.includes(it) && !unreachable.includes(it)),
    ).toEqual([])
  })

  it('closes every object that an answer has, so that a field too many shows', () => {
    const open = Object.entries(components.schemas)
      .filter(([, schema]) => (schema as { additionalProperties?: unknown }).additionalProperties)
      .map(([name]) => name)
    expect(open).toEqual([])
  })

  it('describes every call for whoever integrates it', () => {
    expect(operations.length).toBeGreaterThan(5)
    for (const { operationId, summary, description, tags } of operations) {
      expect([operationId, typeof summary, tags.length]).toEqual([operationId, 'string', 1])
      expect(description.length, operationId).toBeGreaterThan(40)
    }
    const ids = operations.map((it) => it.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
