import {
  type ASTNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  specifiedScalarTypes,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import type { GatewayContext } from '../context.ts'
import { MAX_ERRORS } from '../document-rules.ts'
import type { KnownDocument } from '../trusted-documents/trusted-documents.ts'

type Variables = Readonly<Record<string, unknown>>

/** Runs one document. Undefined: nothing was run, since the variables do not fit. */
export type RunDocument = (
  context: GatewayContext,
  variables: Variables,
) => ExecutionResult | undefined | Promise<ExecutionResult | undefined>

/**
 * Makes a trusted document ready to be run many times: compiled where the compiler is known to do as graphql-js does, and as a
 * call of graphql-js where it is not.
 */
export function makeRunnable(schema: GraphQLSchema, trusted: KnownDocument): RunDocument {
  return (
    (isFitToCompile(trusted.document) && compile(schema, trusted)) || interpret(schema, trusted)
  )
}

/**
 * What graphql-jit 0.8 does otherwise than graphql-js: a variable within a value is null where it was absent, and
 * directives of a selection, or a variable with a default, follow rules of its own.
 */
function isFitToCompile(document: ASTNode): boolean {
  let isFit = true
  const unfit = () => {
    isFit = false
  }
  const unfitWithVariable = (node: ASTNode) => visit(node, { Variable: unfit })
  visit(document, {
    Directive: unfit,
    ObjectValue: unfitWithVariable,
    ListValue: unfitWithVariable,
    VariableDefinition({ defaultValue }) {
      if (defaultValue !== undefined) unfit()
    },
  })
  return isFit
}

function compile(
  schema: GraphQLSchema,
  { document, operation, operationName }: KnownDocument,
): RunDocument | undefined {
  const compiled = compileQuery(schema, document, operationName ?? undefined)
  if (!isCompiledQuery(compiled)) return undefined
  const run = (context: GatewayContext, variables: Variables) =>
    compiled.query(undefined, context, variables)
  const definitions = operation.variableDefinitions ?? []
  if (definitions.every(isPlain)) {
    return (context, variables) => {
      const result = run(context, variables)
      return isPromise(result) || result.data !== undefined ? result : undefined
    }
  }
  return (context, variables) => {
    const { errors } = getVariableValues(schema, definitions, variables, { maxErrors: MAX_ERRORS })
    return errors === undefined ? run(context, variables) : undefined
  }
}

/**
 * Whether the compiled code judges a variable as graphql-js does. It judges all of them, but lets several fields of an
 * `@oneOf` pass.
 */
function isPlain({ type }: VariableDefinitionNode): boolean {
  const nullable = type.kind === Kind.NON_NULL_TYPE ? type.type : type
  return (
    nullable.kind === Kind.NAMED_TYPE &&
    specifiedScalarTypes.some(({ name }) => name === nullable.name.value)
  )
}

/** Runs a document by graphql-js. */
export function interpret(
  schema: GraphQLSchema,
  { document, operationName }: KnownDocument,
): RunDocument {
  const orNothing = (result: ExecutionResult) => (result.data === undefined ? undefined : result)
  return (contextValue, variableValues) => {
    const result = execute({
      schema,
      document,
      operationName,
      contextValue,
      variableValues,
      options: { maxCoercionErrors: MAX_ERRORS },
    })
    return isPromise(result) ? result.then(orNothing) : orNothing(result)
  }
}

export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return value instanceof Promise
}
