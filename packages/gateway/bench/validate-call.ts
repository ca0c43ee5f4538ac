import type { CheckedCall } from '@coupon-gateway/bench'
import { documentIdOf, ValidateCouponDocument } from '@coupon-gateway/schema'
import { execute, parse, print } from 'graphql'
import { makeGatewaySchema } from '../src/apollo.ts'
import { BENCH_CODES } from './in-process-upstream.ts'
import { createPeerContext } from './servers/peer-context.ts'

/** The document that is trusted. */
export const TRUSTED_TEXT = print(ValidateCouponDocument)

/** How a server is told which document to run. */
export type NameDocument = (text: string) => Readonly<Record<string, unknown>>

const DOCUMENT_ID = documentIdOf(ValidateCouponDocument)
export const byText: NameDocument = (text) => ({ query: text })
export const byDocumentId: NameDocument = () => ({ documentId: DOCUMENT_ID })
export const byMercuriusHash: NameDocument = () => ({
  query: DOCUMENT_ID.slice('sha256:'.length),
  persisted: true,
})

const HEADERS = {
  authorization: 'Bearer pk_bench',
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate',
  'user-agent': 'bench',
}

const schema = makeGatewaySchema()
const createContext = createPeerContext()

/** When an answer was given; nothing else in it differs from one time to the next. */
const TIME = /"validatedAt":"[^"]{24}"/

/**
 * Makes the calls of one document, for each of some codes in turn. Right is what graphql-js answers in this process, but for the
 * time and a line break at the end.
 */
export async function prepareCalls(
  text: string,
  nameDocument: NameDocument,
  codes = BENCH_CODES.length,
): Promise<(n: number) => CheckedCall> {
  const calls: CheckedCall[] = []
  const document = parse(text)
  for (const code of BENCH_CODES.slice(0, codes)) {
    const variables = { code }
    const contextValue = createContext('bench')
    const result = await execute({ schema, document, contextValue, variableValues: variables })
    if (result.errors !== undefined) throw result.errors[0]
    const right = withoutTime(JSON.stringify(result))
    calls.push({
      request: {
        method: 'POST',
        path: '/graphql',
        headers: HEADERS,
        body: JSON.stringify({ ...nameDocument(text), variables }),
      },
      isRight: (body) => withoutTime(body.toString('utf8')) === right,
    })
  }
  return (n) => calls[n % calls.length] as CheckedCall
}

function withoutTime(body: string): string {
  return body.replace(TIME, '').trimEnd()
}
