import { typeDefs } from '@coupon-gateway/schema'
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql'
import { expect, it, onTestFinished } from 'vitest'
import { buildGatewayOver } from './gateway-in-process.ts'

it('the schema that is served is the one that is published', async () => {
  const app = await buildGatewayOver({ status: 200, envelope: { code: 0 } })
  onTestFinished(() => app.close())
  const query = getIntrospectionQuery({
    schemaDescription: true,
    specifiedByUrl: true,
    inputValueDeprecation: true,
    oneOf: true,
  })
  const answer = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: 'Bearer sk_demo' },
    payload: { query },
  })
  const served = buildClientSchema(answer.json().data)
  expect(printSchema(lexicographicSortSchema(served))).toBe(printSchema(buildSchema(typeDefs)))
})
