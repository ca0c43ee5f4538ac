import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
  print,
} from 'graphql'
import { escapeHtml, idOf, linkType, renderMarkdown } from './markup.ts'

/** A type with its members. */
export function renderType(schema: GraphQLSchema, type: GraphQLNamedType): string {
  return `<article id="${type.name}">
<h3>${type.name} <small>${kindOf(type)}</small></h3>
${renderMarkdown(schema, type.description)}
${relations(schema, type)}
${members(schema, type)}
</article>`
}

function kindOf(type: GraphQLNamedType): string {
  if (isEnumType(type)) return 'enum'
  if (isInputObjectType(type)) return type.isOneOf ? 'input, exactly one of its fields' : 'input'
  if (isInterfaceType(type)) return 'interface'
  if (isUnionType(type)) return 'union'
  return isScalarType(type) ? 'scalar' : 'type'
}

function relations(schema: GraphQLSchema, type: GraphQLNamedType): string {
  const list = (label: string, types: readonly GraphQLNamedType[]) =>
    types.length === 0
      ? ''
      : `<p>${label} ${types.map((it) => `<code>${linkType(it)}</code>`).join(', ')}</p>`
  if (isUnionType(type)) return list('One of', type.getTypes())
  if (isInterfaceType(type)) return list('Is', schema.getPossibleTypes(type))
  if (isObjectType(type)) return list('Implements', type.getInterfaces())
  return ''
}

function members(schema: GraphQLSchema, type: GraphQLNamedType): string {
  if (isEnumType(type)) {
    const rows = type
      .getValues()
      .map((value) => row(schema, type, value.name, value.name, value.description))
    return table('value', rows)
  }
  if (isInputObjectType(type)) {
    const rows = Object.values(type.getFields()).map((field) =>
      row(schema, type, field.name, signInput(field), field.description),
    )
    return table('field', rows)
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    const rows = Object.values(type.getFields()).map((field) =>
      row(schema, type, field.name, signField(field), field.description),
    )
    return table('field', rows)
  }
  return ''
}

function table(label: string, rows: readonly string[]): string {
  return `<table><tr><th>${label}</th><th></th></tr>${rows.join('')}</table>`
}

function row(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  name: string,
  signature: string,
  description: string | null | undefined,
): string {
  return `<tr id="${idOf(parent.name, name)}"><td><code>${signature}</code></td><td>${renderMarkdown(schema, description)}</td></tr>`
}

function signField({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const list = args.length === 0 ? '' : `(${args.map(signInput).join(', ')})`
  return `${name}${list}: ${linkType(type)}`
}

/** An argument or an input field, with its default as SDL has it. */
export function signInput({
  name,
  type,
  defaultValue,
}: GraphQLArgument | GraphQLInputField): string {
  const value = defaultValue === undefined ? null : astFromValue(defaultValue, type)
  return `${name}: ${linkType(type)}${value ? ` = ${escapeHtml(print(value))}` : ''}`
}
