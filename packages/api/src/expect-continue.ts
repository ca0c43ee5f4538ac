import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Listener for `Expect: 100-continue`: who asks before sending a body that is too large is told so instead, and need
 * not send it. Node would say `100 Continue` to everybody.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
 */
export function continueIfFit(
  route: (request: IncomingMessage, response: ServerResponse) => void,
  bodyLimitBytes: number,
) {
  return function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
    const isFit = Number(request.headers['content-length'] ?? 0) <= bodyLimitBytes
    if (isFit) response.writeContinue()
    else response.setHeader('Connection', 'close')
    route(request, response)
  }
}
