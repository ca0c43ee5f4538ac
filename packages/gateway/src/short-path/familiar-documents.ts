import { type DocumentNode, Kind } from 'graphql'
import { LRUCache } from 'lru-cache'
import { type KnownDocument, toKnownDocument } from '../trusted-documents/trusted-documents.ts'

/** Before that often, a document is one of those that come once: its values are written into it, or it is a probe. */
const TIMES_UNTIL_FAMILIAR = 3

/**
 * Characters of the texts that are kept, of either kind: enough for every document that a handful of partners send. What
 * is parsed of them takes some 50 times as many bytes.
 */
const MAX_TEXT_LENGTH = 256 * 1024

/**
 * Documents that are not trusted, and yet come again and again. They take the short path too, run by graphql-js:
 * compiled is only what an operator or this package vouches for, since to compile costs 22 times what it saves once,
 * and whoever may send documents can send any number of them.
 */
export interface FamiliarDocuments {
  /** @param query what a request has in its place, whatever it is */
  find(query: unknown): KnownDocument | undefined
  /** Notes a document that was parsed and validated, and is about to be run. */
  notice(text: string, document: DocumentNode): void
}

/** @param take makes a document ready to be run, and says whether it may be */
export function createFamiliarDocuments(
  take: (document: KnownDocument) => boolean,
): FamiliarDocuments {
  const bounds = {
    maxSize: MAX_TEXT_LENGTH,
    sizeCalculation: (_: unknown, text: string) => text.length,
  }
  const familiar = new LRUCache<string, KnownDocument>(bounds)
  const timesSeen = new LRUCache<string, number>(bounds)
  return {
    find: (query) => (typeof query === 'string' ? familiar.get(query) : undefined),
    notice(text, document) {
      const times = (timesSeen.get(text) ?? 0) + 1
      if (times < TIMES_UNTIL_FAMILIAR) {
        timesSeen.set(text, times)
        return
      }
      timesSeen.delete(text)
      const [operation, ...others] = document.definitions.filter(
        (it) => it.kind === Kind.OPERATION_DEFINITION,
      )
      if (operation === undefined || others.length > 0) return
      const known = toKnownDocument(text, document, operation)
      if (take(known)) familiar.set(text, known)
    },
  }
}
