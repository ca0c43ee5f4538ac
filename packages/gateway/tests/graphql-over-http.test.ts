import type { ServiceProcess } from '@coupon-gateway/stack'
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_UPSTREAM, startGateway } from './gateway-under-test.ts'

let gateway: ServiceProcess
beforeAll(async () => {
  gateway = await startGateway(NO_UPSTREAM)
})
afterAll(() => gateway?.stop())

/** Audits of recommendations that the contract decides against, by id. */
const DECIDED_AGAINST: Readonly<Record<string, string>> = {
  '5A70': 'GET is for trusted documents: others would put codes into URLs and logs',
  D6D5: 'GET is for trusted documents: others would put codes into URLs and logs',
  '6A70': 'GET is for trusted documents: others would put codes into URLs and logs',
  '572B': 'a document that was not run has no 200: newer drafts of the specification want this too',
  FDE2: 'a document that was not run has no 200: newer drafts of the specification want this too',
  '7B9B': 'variables that do not fit have no 200: newer drafts of the specification want this too',
}

const audits = serverAudits({
  url: () => `${gateway.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('Authorization', 'Bearer sk_demo')
    return fetch(url, { ...init, headers })
  },
})

/** @see https://github.com/graphql/graphql-http/tree/main/implementations */
describe('GraphQL over HTTP:', () => {
  const followed = audits.filter(({ id }) => !(id in DECIDED_AGAINST))
  it.each(followed.map((audit) => [audit.id, audit.name, audit] as const))(
    '%s %s',
    async (_id, _name, audit) => {
      expect(await audit.fn()).toMatchObject({ status: 'ok' })
    },
  )

  it.each(Object.entries(DECIDED_AGAINST))('%s is not followed, since %s', async (id) => {
    const audit = audits.find((it) => it.id === id)
    // Not an error, that is: not a MUST.
    expect((await audit?.fn())?.status).toMatch(/^(warn|notice)$/)
  })

  it('all audits are run', () => {
    expect(audits).toHaveLength(61)
  })
})
