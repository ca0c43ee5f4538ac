import type { FastifyInstance, RouteOptions } from 'fastify'
import { moveTitled } from './components.ts'
import type { RouteDescription } from './described-route.ts'
import { toTitle } from './envelopes.ts'
import { ANSWER_HEADERS, type HeaderParameter, PARAMETERS } from './headers.ts'
import { INFO, SECURITY_SCHEMES, TAGS } from './introduction.ts'
import { toParameters, toPublicSchema } from './public-schema.ts'
import { toResponses, UNREAD } from './responses.ts'

/** An OpenAPI document. @see https://spec.openapis.org/oas/v3.1.1.html */
export type OpenApiDocument = Readonly<Record<string, unknown>>

declare module 'fastify' {
  interface FastifyInstance {
    /** The document of all routes; to be called when all were added. */
    describe(): OpenApiDocument
  }
}

type DescribedSchema = RouteDescription & { readonly [part in InputPart]?: object }
type InputPart = 'body' | 'querystring' | 'params'

/**
 * Watches the routes that are added to an application from now on.
 * @returns what makes the document of those that describe themselves; to be called when all were added
 */
export function collectRoutes(app: FastifyInstance): () => OpenApiDocument {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  return () => toDocument(routes)
}

function toDocument(routes: readonly RouteOptions[]): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {}
  for (const { method, url, schema } of routes) {
    if (schema?.operationId === undefined) continue
    const description = schema as DescribedSchema
    const path = url.replace(/:(\w+)/g, '{$1}')
    // Fastify adds HEAD to every GET by itself: HTTP says what it is.
    const methods = [method].flat().filter((it) => it !== 'HEAD')
    for (const [index, name] of methods.entries()) {
      const operationId =
        index === 0 ? description.operationId : `${description.operationId}By${toTitle(name)}`
      paths[path] = {
        ...paths[path],
        [name.toLowerCase()]: toOperation({ ...description, operationId }),
      }
    }
  }
  const moved = moveTitled(paths)
  return JSON.parse(
    JSON.stringify({
      openapi: '3.1.1',
      ...INFO,
      security: [{ apiKey: [] }],
      tags: TAGS,
      paths: moved.paths,
      components: {
        securitySchemes: SECURITY_SCHEMES,
        parameters: toUsedParameters(routes),
        headers: ANSWER_HEADERS,
        responses: moved.responses,
        schemas: moved.schemas,
      },
    }),
  )
}

function toUsedParameters(routes: readonly RouteOptions[]) {
  const used = new Set([...OF_EVERY_CALL, ...routes.flatMap((it) => it.schema?.parameters ?? [])])
  return Object.fromEntries(
    Object.entries(PARAMETERS)
      .filter(([name]) => used.has(name as HeaderParameter))
      .map(([name, parameter]) => [name, { in: 'header', ...parameter }]),
  )
}

const OF_EVERY_CALL: readonly HeaderParameter[] = ['AcceptLanguage', 'RequestId']

function toOperation(described: DescribedSchema): object {
  const { operationId, summary, description, tags, answers, body, querystring, params } = described
  const headers = [...(described.parameters ?? []), ...OF_EVERY_CALL]
  return {
    operationId,
    summary,
    description,
    tags,
    parameters: [
      ...toParameters('path', params),
      ...toParameters('query', querystring),
      ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toPublicSchema(body) } },
          },
        }),
    ...('responses' in answers
      ? { security: [], responses: { ...answers.responses, ...UNREAD } }
      : {
          responses: toResponses(answers, {
            hasBody: body !== undefined,
            idempotencyKey: headers.includes('RequiredIdempotencyKey')
              ? 'required'
              : headers.includes('IdempotencyKey')
                ? 'optional'
                : 'none',
            takesPreference: headers.includes('Prefer'),
          }),
        }),
  }
}
