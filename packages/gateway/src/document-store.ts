import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { GatewayContext } from './context.ts'

/**
 * Characters of the texts of all documents that are kept. Parsed, they take some 50 times as many bytes, and 200 times
 * where somebody makes them dense: 25 MB, at most 100.
 */
const MAX_TEXT_LENGTH = 512 * 1024

type DocumentStore = NonNullable<ApolloServerOptions<GatewayContext>['documentStore']>

/**
 * Keeps parsed and validated documents for Apollo Server. Its own store finds out the size of each by writing it as
 * JSON, which costs as much as parsing it did, and lets 30 MiB of that become 130 MB of memory.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_TEXT_LENGTH,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.end ?? 1),
  })
  return {
    get: async (key) => documents.get(key),
    async set(key, document) {
      documents.set(key, document)
    },
    async delete(key) {
      documents.delete(key)
    },
  }
}
