import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { PARSE_OPTIONS } from '../document-rules.ts'
import type { OperationLimits } from '../operation-limits.ts'
import { hashOf, type ManifestEntry, refusal } from './manifest.ts'

/** A document with one operation, parsed and validated. */
export interface KnownDocument {
  readonly text: string
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** Null when the operation has no name. */
  readonly operationName: string | null
  readonly isQuery: boolean
}

/** One that was known when the gateway started. */
export type TrustedDocument = KnownDocument

/** The documents that this gateway trusts, by what a request can name them with. */
export interface TrustedDocuments {
  readonly all: readonly TrustedDocument[]
  /** @param id with or without `sha256:`, or one that the operator's manifest gave */
  findById(id: string): TrustedDocument | undefined
  findByText(text: string): TrustedDocument | undefined
}

/** What a document has to keep to. */
export interface DocumentRules {
  readonly schema: GraphQLSchema
  readonly limits: OperationLimits
  /** Nobody is told the schema. */
  readonly production: boolean
}

/**
 * Prepares the documents of the manifests. They keep to the limits of every other document: the manifest says what
 * is known, not what is allowed.
 *
 * @throws SettingsError naming the document that is wrong, and why
 */
export function prepareTrustedDocuments(
  entries: readonly ManifestEntry[],
  rules: DocumentRules,
): TrustedDocuments {
  const byText = new Map<string, TrustedDocument>()
  const byId = new Map<string, TrustedDocument>()
  for (const { id, text, source } of entries) {
    const trusted = byText.get(text) ?? prepare(text, `${source}: ${id}`, rules)
    const other = byId.get(id)
    if (other !== undefined && other !== trusted) {
      throw refusal(source, `the id ${id} stands for two documents`)
    }
    byText.set(text, trusted)
    const hash = hashOf(text)
    for (const name of [id, hash, `sha256:${hash}`]) byId.set(name, trusted)
  }
  return {
    all: [...byText.values()],
    findById: (id) => byId.get(id),
    findByText: (text) => byText.get(text),
  }
}

function prepare(
  text: string,
  where: string,
  { schema, limits, production }: DocumentRules,
): TrustedDocument {
  const document = parseOrRefuse(text, where)
  const rules = [...specifiedRules, limits.rule]
  if (production) rules.push(NoSchemaIntrospectionCustomRule)
  const [problem] = validate(schema, document, rules)
  if (problem !== undefined) throw refusal(where, problem.message)
  const [operation, ...others] = document.definitions.filter(
    (it) => it.kind === Kind.OPERATION_DEFINITION,
  )
  if (operation === undefined || others.length > 0) {
    throw refusal(where, 'a trusted document must have one operation')
  }
  return toKnownDocument(text, document, operation)
}

/** @param operation the only one of the document */
export function toKnownDocument(
  text: string,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): KnownDocument {
  return {
    text,
    document,
    operation,
    operationName: operation.name?.value ?? null,
    isQuery: operation.operation === OperationTypeNode.QUERY,
  }
}

function parseOrRefuse(text: string, where: string): DocumentNode {
  try {
    return parse(text, PARSE_OPTIONS)
  } catch (error) {
    throw refusal(where, error instanceof Error ? error.message : String(error))
  }
}
