import { createHash } from 'node:crypto'
import { print } from 'graphql'
import { describe, expect, it } from 'vitest'
import trustedDocuments from '../trusted-documents.json' with { type: 'json' }
import * as published from './index.ts'
import { documentIdOf, type TypedDocumentNode, ValidateCouponDocument } from './index.ts'

const documents = Object.entries(published).filter(([name]) => name.endsWith('Document')) as [
  name: string,
  document: TypedDocumentNode,
][]

describe('documentIdOf', () => {
  it.each(documents)('%s is known by the hash of what a client prints of it', (_, document) => {
    const text = print(document)
    const hash = createHash('sha256').update(text).digest('hex')
    expect(documentIdOf(document)).toBe(`sha256:${hash}`)
    expect(trustedDocuments).toHaveProperty(hash, text)
  })

  it('refuses a document that was made anew, since it no longer has the text of its hash', () => {
    const { definitions, kind } = ValidateCouponDocument
    expect(() => documentIdOf({ definitions, kind })).toThrow('as it is exported')
  })
})

it('trusted-documents.json holds the documents and no others', () => {
  expect(Object.keys(trustedDocuments)).toHaveLength(documents.length)
})
