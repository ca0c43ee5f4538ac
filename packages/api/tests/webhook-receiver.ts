import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An attempt, as it arrived. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders
  readonly rawBody: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind.
  readonly body: any
  readonly eventId: string
  readonly cpnNo: string
  /** The how-manieth attempt of its event, from 1. */
  readonly attempt: number
  /** Whether it was answered by a 2xx, in time for all we know. */
  accepted: boolean
}

export interface WebhookReceiver {
  readonly url: string
  /** In the order of arrival. */
  readonly arrivals: Arrival[]
  /** Arrivals whose signature, hash or age is wrong. */
  readonly unsigned: Arrival[]
  close(): Promise<void>
}

/** How an attempt is answered; without an answer the connection stays open. */
export type Behaviour = (arrival: Arrival, response: ServerResponse) => void

export const accept: Behaviour = (arrival, response) => {
  arrival.accepted = true
  response.writeHead(204).end()
}

/** Starts a receiver. `secretsOf` are those that it accepts signatures of. */
export async function startWebhookReceiver(
  secretsOf: () => readonly string[],
  behave: Behaviour = accept,
): Promise<WebhookReceiver> {
  const arrivals: Arrival[] = []
  const unsigned: Arrival[] = []
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request).catch(() => undefined)
    // Cut off in the middle: no attempt, as a real receiver sees it.
    if (bytes === undefined) return
    const rawBody = bytes.toString()
    const body = JSON.parse(rawBody)
    const eventId = String(request.headers['x-vivoldi-event-id'])
    const arrival: Arrival = {
      headers: request.headers,
      rawBody,
      body,
      eventId,
      cpnNo: body.coupon.cpnNo,
      attempt: arrivals.filter((it) => it.eventId === eventId).length + 1,
      accepted: false,
    }
    arrivals.push(arrival)
    if (!isSigned(arrival, secretsOf())) unsigned.push(arrival)
    behave(arrival, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    arrivals,
    unsigned,
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** As a partner would check it who has only read the documentation. */
function isSigned({ headers, rawBody }: Arrival, secrets: readonly string[]): boolean {
  const parts = String(headers['x-vivoldi-signature'])
    .split(',')
    .map((part) => part.split('=', 2) as [string, string])
  const partNamed = (name: string) => parts.find((it) => it[0] === name)?.[1]
  const time = partNamed('t')
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value)
  return (
    partNamed('alg') === 'hmac-sha256' &&
    time === headers['x-vivoldi-timestamp'] &&
    Math.abs(Date.now() / 1_000 - Number(time)) < 60 &&
    headers['x-content-sha256'] === createHash('sha256').update(rawBody).digest('hex') &&
    secrets.some((secret) =>
      given.includes(createHmac('sha256', secret).update(`${time}.${rawBody}`).digest('hex')),
    )
  )
}

/**
 * What is wrong with the order: of a coupon, an event that arrived before one with a smaller number was accepted. None
 * when all is right.
 */
export function findDisorder(arrivals: readonly Arrival[]): string[] {
  const acceptedUpTo = new Map<string, number>()
  const known = new Map<string, Set<number>>()
  for (const { cpnNo, body } of arrivals) {
    known.set(cpnNo, (known.get(cpnNo) ?? new Set()).add(body.sequence))
  }
  return arrivals.flatMap(({ cpnNo, body, accepted }) => {
    const before = acceptedUpTo.get(cpnNo) ?? 0
    const skipped = [...(known.get(cpnNo) ?? [])].filter((it) => it > before && it < body.sequence)
    if (accepted) acceptedUpTo.set(cpnNo, Math.max(before, body.sequence))
    return skipped.length > 0 ? [`${cpnNo}: ${body.sequence} came before ${skipped}`] : []
  })
}
