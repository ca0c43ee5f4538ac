import { existsSync, readFileSync } from 'node:fs'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  print,
  type Source,
  validate,
  visit,
} from 'graphql'
import type { Example } from '../src/example.ts'
import { PACKAGE_ROOT } from './generated-files.ts'

/**
 * The examples, in the order of the schema's root fields.
 *
 * Variables are those of `documents/<name>.variables.json`; where a document has none, the file is left out. Throws
 * where an operation or its variables do not fit the schema, or where a root field has no example.
 */
export function makeExamples(
  schema: GraphQLSchema,
  sources: readonly { readonly source: Source; readonly document: DocumentNode }[],
): Example[] {
  const fragments = new Map(
    sources
      .flatMap(({ document }) => document.definitions)
      .filter((it) => it.kind === Kind.FRAGMENT_DEFINITION)
      .map((it) => [it.name.value, it]),
  )
  const examples = sources.flatMap(({ source, document }) =>
    document.definitions
      .filter((it) => it.kind === Kind.OPERATION_DEFINITION)
      .map((operation) => makeExample(schema, source, operation, fragments)),
  )
  return rootFieldNames(schema).map((field) => {
    const example = examples.find((it) => it.field === field)
    if (!example) throw new Error(`documents/ must have an operation that asks for ${field}`)
    return example
  })
}

function makeExample(
  schema: GraphQLSchema,
  source: Source,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Example {
  const [selection] = operation.selectionSet.selections
  if (!operation.name || selection?.kind !== Kind.FIELD) {
    throw new Error(`${source.name} must hold a named operation of one root field`)
  }
  const definitions = [operation, ...fragmentsOf(operation, fragments)]
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions }
  const variables = readVariables(source)
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  const problems = [...validate(schema, document), ...errors]
  if (problems.length > 0) throw new AggregateError(problems, `${source.name}: ${problems[0]}`)
  return {
    name: operation.name.value,
    field: selection.name.value,
    query: `${leadingComments(source)}${print(document)}\n`,
    variables,
  }
}

/** Those that a definition spreads, directly or through others, each once. */
function fragmentsOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Set<FragmentDefinitionNode> {
  const used = new Set<FragmentDefinitionNode>()
  const collect = (definition: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value)
        if (!fragment) throw new Error(`There is no fragment ${name.value} in documents/`)
        if (used.has(fragment)) return
        used.add(fragment)
        collect(fragment)
      },
    })
  }
  collect(operation)
  return used
}

/** GraphQL's parser keeps no comments, and these are for whoever sends the example. */
function leadingComments({ body }: Source): string {
  return /^(?:#.*\n)*/.exec(body)?.[0] ?? ''
}

function readVariables(source: Source): Readonly<Record<string, unknown>> {
  const file = new URL(source.name.replace(/\.graphql$/, '.variables.json'), PACKAGE_ROOT)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

function rootFieldNames(schema: GraphQLSchema): string[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  )
}
