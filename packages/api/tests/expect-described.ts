import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content: Readonly<Record<string, unknown>>
}
interface Document {
  readonly paths: Readonly<
    Record<string, Record<string, { readonly responses: Record<string, object> }>>
  >
}

const DOCUMENT_FILE = new URL('../openapi.json', import.meta.url)
const document: Document = JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(document, 'openapi')
const validators = new Map<string, ValidateFunction>()

/** Expects an answer to be one of those that the document lists for its call, with no field more or less. */
export function expectDescribed(
  method: string,
  pathAndQuery: string,
  answer: { readonly status: number; readonly headers: Headers; readonly text: string },
): void {
  const path = pathAndQuery.replace(/[?].*/s, '')
  const template = Object.keys(document.paths).find((it) =>
    new RegExp(`^${it.replace(/[{]\w+[}]/g, '[^/]+')}$`).test(path),
  )
  const operation = template && document.paths[template]?.[method.toLowerCase()]
  if (!operation) {
    expect(
      [404, 400],
      `${method} ${path} is not in openapi.json: describe it in the route's schema, then run \`generate\``,
    ).toContain(answer.status)
    return
  }
  const call = `${method} ${path}`
  const pointer = `#/paths/${toPointerPart(template)}/${method.toLowerCase()}/responses/${answer.status}`
  expect(Object.keys(operation.responses), `statuses of ${call}`).toContain(String(answer.status))
  const { pointer: at, response } = follow(pointer)
  const mediaType = answer.headers.get('Content-Type')?.split(';')[0] ?? 'none'
  expect(Object.keys(response.content), `media types of ${call}`).toContain(mediaType)
  if (mediaType !== 'application/json') return
  const validate = validatorOf(`openapi${at}/content/${toPointerPart(mediaType)}/schema`)
  const body = JSON.parse(answer.text)
  expect(validate(body) ? [] : validate.errors, `${call}: ${answer.text}`).toEqual([])
}

function follow(pointer: string): { readonly pointer: string; readonly response: Response } {
  const found = pointer
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    // biome-ignore lint/suspicious/noExplicitAny: any part of a document.
    .reduce((node: any, part) => node[part], document)
  return found.$ref === undefined ? { pointer, response: found } : follow(found.$ref)
}

function validatorOf(reference: string): ValidateFunction {
  const known = validators.get(reference) ?? ajv.compile({ $ref: reference })
  validators.set(reference, known)
  return known
}

function toPointerPart(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
