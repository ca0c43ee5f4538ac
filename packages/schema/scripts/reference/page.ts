import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql'
import { ERROR_CODES } from '../../src/error-codes.ts'
import type { Example } from '../../src/example.ts'
import { escapeHtml, idOf, linkType, publishedTypes, renderMarkdown } from './markup.ts'
import { STYLE } from './style.ts'
import { renderType, signInput } from './type-section.ts'

/**
 * The reference of the schema as one HTML page. It needs nothing else: no script, no font, no request.
 *
 * Operations come in the order of the schema, types by their names.
 */
export function renderReference(
  schema: GraphQLSchema,
  examples: readonly Example[],
  notice: string,
): string {
  const operations = [
    { title: 'Queries', type: schema.getQueryType() },
    { title: 'Mutations', type: schema.getMutationType() },
  ].flatMap(({ title, type }) => (type ? [{ title, type }] : []))
  const types = publishedTypes(schema).filter((it) => operations.every(({ type }) => it !== type))
  const sections = [
    `<section id="overview"><h1>Coupon Gateway: GraphQL reference</h1>${renderMarkdown(schema, schema.description)}</section>`,
    ...operations.map(({ title, type }) => {
      const fields = Object.values(type.getFields())
      const bodies = fields.map((field) => renderOperation(schema, type, field, examples))
      return `<section><h2 id="${type.name}">${title}</h2>${renderMarkdown(schema, type.description)}${bodies.join('\n')}</section>`
    }),
    `<section><h2 id="errors">Errors</h2><p>Every value of <code>errors[].extensions.code</code>. What you or the user can act on is no error, but a <code>reason</code> or in <code>userErrors</code>: see the types.</p>${renderErrors(schema)}</section>`,
    `<section><h2 id="types">Types</h2>${types.map((type) => renderType(schema, type)).join('\n')}</section>`,
  ]
  const links = [
    '<a href="#overview">Overview</a>',
    ...operations.map(
      ({ title, type }) =>
        `<h2>${title}</h2>${Object.keys(type.getFields())
          .map((name) => `<a href="#${idOf(type.name, name)}">${name}</a>`)
          .join('')}`,
    ),
    '<h2><a href="#errors">Errors</a></h2>',
    `<h2>Types</h2>${types.map(({ name }) => `<a href="#${name}">${name}</a>`).join('')}`,
  ]
  return `<!doctype html>
<!-- ${notice} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coupon Gateway: GraphQL reference</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Contents">${links.join('\n')}</nav>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`
}

function renderOperation(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
  examples: readonly Example[],
): string {
  const rows = field.args.map(
    (argument) =>
      `<tr><td><code>${signInput(argument)}</code></td><td>${renderMarkdown(schema, argument.description)}</td></tr>`,
  )
  return `<article id="${idOf(parent.name, field.name)}">
<h3>${field.name}</h3>
<p class="signature">answers <code>${linkType(field.type)}</code></p>
${renderMarkdown(schema, field.description)}
${rows.length > 0 ? `<table><tr><th>argument</th><th></th></tr>${rows.join('')}</table>` : ''}
${examples
  .filter((example) => example.field === field.name)
  .map(renderExample)
  .join('\n')}
</article>`
}

function renderExample({ name, query, variables }: Example): string {
  const values =
    Object.keys(variables).length === 0 ? undefined : JSON.stringify(variables, null, 2)
  return `<h4>Example: ${name}</h4>
<pre>${escapeHtml(query)}</pre>${values === undefined ? '' : `\n<p>with the variables</p>\n<pre>${escapeHtml(values)}</pre>`}`
}

function renderErrors(schema: GraphQLSchema): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, meaning]) =>
      `<tr id="error-${code}"><td><code>${code}</code></td><td>${renderMarkdown(schema, meaning)}</td></tr>`,
  )
  return `<table><tr><th>code</th><th>what it means, and what to do</th></tr>${rows.join('')}</table>`
}
