import type { GraphQLScalarType } from 'graphql'

/** What a scalar does. Its words, the description and the standard that it follows, are the schema's. */
export type ScalarFunctions<Value> = Pick<
  GraphQLScalarType<Value, Value>,
  'serialize' | 'parseValue' | 'parseLiteral'
>
