import { readFileSync } from 'node:fs'
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES, EXAMPLES, typeDefs } from '../../src/index.ts'
import { PACKAGE_ROOT } from '../generated-files.ts'
import { publishedTypes } from './markup.ts'
import { renderReference } from './page.ts'

const page = readFileSync(new URL('reference.html', PACKAGE_ROOT), 'utf8')
const schema = buildSchema(typeDefs)
const idsOf = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)

describe('the reference page', () => {
  it('has a place for every type, field, value and error code, each once', () => {
    const members = publishedTypes(schema).flatMap((type) => {
      if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`)
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return []
      return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
    })
    const ids = idsOf(page)
    expect(ids).toHaveLength(new Set(ids).size)
    expect(ids).toEqual(
      expect.arrayContaining([
        ...publishedTypes(schema).map(({ name }) => name),
        ...members,
        ...Object.keys(ERROR_CODES).map((code) => `error-${code}`),
      ]),
    )
  })

  it('links to places that it has', () => {
    const ids = new Set(idsOf(page))
    const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.length).toBeGreaterThan(100)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
  })

  it('shows an example of each operation', () => {
    for (const { name } of EXAMPLES) expect(page).toContain(`<h4>Example: ${name}</h4>`)
  })

  it('needs nothing but itself: no script, no picture, no address', () => {
    expect(page).not.toMatch(/<script|<img|<iframe|src=|url\(|@import|[a-z]+:\/\//i)
    expect(page.match(/<link[^>]*>/g)).toEqual(['<link rel="icon" href="data:,">'])
  })

  it('shows HTML of a description as text', () => {
    const hostile = buildSchema(`
      "A <script>alert(1)</script> & [link](javascript:alert(1))."
      type Query { "<img src=x onerror=alert(1)>" coupon(code: String = "<b>"): Int }
    `)
    const html = renderReference(hostile, [], 'notice')
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toMatch(/<script|<img|<b>|javascript:/)
  })
})
