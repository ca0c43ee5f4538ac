import { describe, expect, it } from 'vitest'
import { failureOf, openClient, openUpstream } from './client-under-test.ts'
import { answer, type Behaviour, deadUrl, hang, reset } from './misbehaving-upstream.ts'

const echo: Behaviour = (response, { headers, body }) => {
  response.writeHead(404, { 'content-type': 'text/html' })
  response.end(`${headers.authorization} ${body}`)
}

describe('the message of a failure', () => {
  it.each([
    ['reset', reset],
    ['echo', echo],
    ['refused', answer(401, 'no')],
    ['hang', hang],
  ])('holds neither the API key nor a password nor a host: %s', async (_, behaviour) => {
    const upstream = await openUpstream(behaviour)
    const { client, clock } = openClient([upstream.url, await deadUrl()], { maxAttempts: 2 })
    const failure = failureOf(client.redeem({ code: 'FRIENDS05', onsitePassword: 's3cret' }))
    await upstream.whenReceived(1)
    if (behaviour === hang) clock.advance(5_000)
    const { message } = await failure
    expect(message).not.toMatch(/demo_secret_key|s3cret|127\.0\.0\.1|localhost/)
  })
})
