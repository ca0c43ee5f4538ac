import { documentIdOf, type TypedDocumentNode } from '@coupon-gateway/schema'
import { type Failure, type FailureCode, failureOf, readFailure } from './failure.ts'

export type Answer<Data> =
  | { readonly isAnswer: true; readonly data: Data }
  | { readonly isAnswer: false; readonly failure: Failure }

/** Sends one of the published operations, by its id. It never throws: why there is no answer is a value. */
export type Ask = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) => Promise<Answer<Data>>

/** What comes with every call. Null: there is none, and nothing is sent. */
export type GetToken = () => Promise<string | null>

export interface AskOptions {
  readonly gatewayUrl: string
  /** Asked for each call. */
  readonly getToken: GetToken
  /** What it means that there is no token. */
  readonly withoutToken: FailureCode
  /** Told when the gateway does not take the token; the call is sent once more with the next one. */
  forgetToken(): void
}

/** Longer than the gateway lets an operation take, so that its own answer comes first. */
const TIMEOUT_MS = 20_000

export function createAsk({ gatewayUrl, getToken, withoutToken, forgetToken }: AskOptions): Ask {
  async function send<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    signal: AbortSignal | undefined,
    token: string,
  ): Promise<Answer<Data>> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    let response: Response
    let text: string
    try {
      response = await fetch(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify({ documentId: documentIdOf(document), variables }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        cache: 'no-store',
        credentials: 'omit',
      })
      text = await response.text()
    } catch {
      return failed(failureOf(navigator.onLine ? 'NO_ANSWER' : 'OFFLINE'))
    }
    return read<Data>(text)
  }

  return async (document, variables, signal) => {
    const token = await getToken()
    if (token === null) return failed(failureOf(withoutToken))
    const answer = await send(document, variables, signal, token)
    if (answer.isAnswer || answer.failure.code !== 'UNAUTHENTICATED') return answer
    forgetToken()
    const next = await getToken()
    return next === null || next === token ? answer : send(document, variables, signal, next)
  }
}

function read<Data>(text: string): Answer<Data> {
  let body: { data?: Record<string, unknown> | null; errors?: readonly unknown[] }
  try {
    body = JSON.parse(text)
  } catch {
    return failed(failureOf('UNREADABLE_ANSWER'))
  }
  const [error] = body?.errors ?? []
  if (error !== undefined) return failed(readFailure(error, 'INTERNAL_SERVER_ERROR'))
  return body?.data
    ? { isAnswer: true, data: body.data as Data }
    : failed(failureOf('UNREADABLE_ANSWER'))
}

function failed(failure: Failure): { readonly isAnswer: false; readonly failure: Failure } {
  return { isAnswer: false, failure }
}
