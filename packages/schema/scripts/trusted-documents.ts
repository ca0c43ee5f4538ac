import { createHash } from 'node:crypto'
import { type DocumentNode, print } from 'graphql'

/** Documents by the hash of their text, as they are collected and written to `trusted-documents.json`. */
export interface TrustedDocuments {
  /** Notes a document as it is sent. Returns the SHA-256 of its text, in hex. */
  add(document: DocumentNode): string
  toJson(): string
}

/** The form is that of GraphQL Code Generator's `persisted-documents.json`: `{ "<hash>": "<text>" }`. */
export function collectTrustedDocuments(): TrustedDocuments {
  const textByHash = new Map<string, string>()
  return {
    add(document) {
      const text = print(document)
      const hash = createHash('sha256').update(text).digest('hex')
      textByHash.set(hash, text)
      return hash
    },
    toJson: () => `${JSON.stringify(Object.fromEntries(textByHash), null, 2)}\n`,
  }
}
