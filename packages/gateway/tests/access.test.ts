import { readFile } from 'node:fs/promises'
import { EXAMPLES, typeDefs } from '@coupon-gateway/schema'
import type { FastifyInstance } from 'fastify'
import { buildSchema } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SCOPES, SCOPES_OF_KIND, type Scope } from '../src/caller.ts'
import { buildGatewayOver, type CannedAnswer, type SentRequest } from './gateway-in-process.ts'
import { type Folder, makeFolder, writeKeysFile } from './gateway-under-test.ts'
import { signToken, startTokenIssuer, type TokenIssuer } from './token-issuer.ts'

/** For people too; `-u` writes it anew. */
const GOLDEN = new URL('../../../docs/access.md', import.meta.url).pathname

const HEAD = `<!-- Written by packages/gateway/tests/access.test.ts, which asks a gateway each of these. To write it anew:
npx -y pnpm@12 --filter @coupon-gateway/gateway exec vitest run tests/access.test.ts -u -->

# Who may do what

What each field of \`Query\` and \`Mutation\` demands of those who ask it, by what they show. Other scopes neither help nor hinder.
`

/** Kinds of callers: what they show, and the scopes that can be written into it. */
const KINDS = {
  'publishable key': { kind: 'publishable', grantable: SCOPES_OF_KIND.publishable },
  'staff key': { kind: 'staff', grantable: SCOPES_OF_KIND.staff },
  'secret key': { kind: 'secret', grantable: SCOPES },
  token: { kind: undefined, grantable: SCOPES },
  'publishable token': { kind: 'publishable', grantable: SCOPES },
  'staff token': { kind: 'staff', grantable: SCOPES },
} as const
type Kind = keyof typeof KINDS
const KIND_NAMES = Object.keys(KINDS) as Kind[]
const isToken = (kind: Kind) => kind.endsWith('token')

interface Operation {
  readonly name: string
  readonly query: string
  readonly variables: object
}

const schema = buildSchema(typeDefs)
const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
)

/** What is asked of each root field, and where who is told what depends on more than the field. */
const OPERATIONS: readonly Operation[] = rootFields.flatMap((field) => {
  const { query, variables } = EXAMPLES.find((it) => it.field === field) ?? {
    query: `no example of ${field}`,
    variables: {},
  }
  const operation = { name: `\`${field}\``, query, variables }
  switch (field) {
    case 'coupon':
      return [
        operation,
        {
          name: '`coupon { redemptions }`',
          query: '{ coupon(code: "WELCOME10") { redemptions { nodes { id } } } }',
          variables: {},
        },
      ]
    case 'redeemCoupon':
      return [
        operation,
        {
          name: '`redeemCoupon` of a coupon for shops',
          query,
          variables: { input: { code: 'INSTORE42', idempotencyKey: 'example-shop' } },
        },
      ]
    default:
      return [operation]
  }
})

let folder: Folder
let issuer: TokenIssuer
let gateway: FastifyInstance
let upstreamCalls = 0
beforeAll(async () => {
  folder = await makeFolder()
  issuer = await startTokenIssuer()
  const keys = KIND_NAMES.filter((kind) => !isToken(kind)).flatMap((kind) =>
    grantsOf(kind).map((scopes) => [keyOf(kind, scopes), { kind: KINDS[kind].kind, scopes }]),
  )
  gateway = await buildGatewayOver(answerTo, undefined, {
    ...issuer.environment,
    ABUSE_BUDGETS: 'off',
    JWT_CALLS_PER_MINUTE: '100000',
    GATEWAY_KEYS_FILE: await writeKeysFile(folder, Object.fromEntries(keys)),
  })
})
afterAll(async () => {
  await gateway?.close()
  issuer?.close()
  await folder?.remove()
})

/** None, each alone, all but each, and all: enough to see which are needed, and that no other counts. */
function grantsOf(kind: Kind): readonly (readonly Scope[])[] {
  const all: readonly Scope[] = KINDS[kind].grantable
  const grants = [
    [],
    ...all.map((it) => [it]),
    ...all.map((it) => all.filter((x) => x !== it)),
    all,
  ]
  return [...new Map(grants.map((grant) => [grant.join(' '), grant])).values()]
}

const keyOf = (kind: Kind, scopes: readonly Scope[]) =>
  [kind, ...scopes].join('-').replaceAll(' ', '-')

const bearerOf = (kind: Kind, scopes: readonly Scope[]): Promise<string> | string =>
  isToken(kind)
    ? signToken(issuer.key, { scope: scopes.join(' '), kind: KINDS[kind].kind })
    : keyOf(kind, scopes)

/** An upstream that has every coupon, those for shops by their name, and nothing else. */
function answerTo({ path, body }: SentRequest): CannedAnswer {
  upstreamCalls += 1
  const couponOf = (code: string) => ({
    ...{ cpnNo: code, cpnId: code, nm: '', discTypeIdx: 457, disc: 10, useLimit: 0, useCnt: 0 },
    onsiteYn: code.startsWith('INSTORE') ? 'Y' : 'N',
  })
  const done = (result: unknown) => ({ status: 200, envelope: { code: 0, result } })
  const { pathname, searchParams } = new URL(path, 'http://upstream')
  if (pathname.endsWith('/validate/batch')) {
    const { cpnNos }: { cpnNos: string[] } = JSON.parse(body ?? '')
    return done(cpnNos.map((code) => ({ valid: true, coupon: couponOf(code) })))
  }
  if (pathname.endsWith('/validate')) return done(couponOf(searchParams.get('cpnNo') ?? ''))
  if (searchParams.has('limit')) return done({ redemptions: [], nextCursor: null })
  return { status: 200, envelope: { code: 1001, error: 'NOT_FOUND' } }
}

/** What it is refused with, or null. A refused operation did nothing; some have to look at the coupon to see that they are refused. */
async function ask(bearer: string, { name, query, variables }: Operation): Promise<string | null> {
  const before = upstreamCalls
  const answer = await gateway.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${bearer}` },
    payload: { query, variables },
  })
  const { errors = [] } = answer.json()
  if (errors.length === 0) return null
  const [{ message, extensions }] = errors
  expect([name, answer.statusCode, errors.length, extensions.code]).toEqual([
    name,
    200,
    1,
    'FORBIDDEN',
  ])
  const looked = name.includes('{ redemptions }') || extensions.requiredScope === undefined ? 1 : 0
  expect(upstreamCalls - before).toBeLessThanOrEqual(looked)
  if (extensions.requiredScope !== undefined) expect(message).toContain(extensions.requiredScope)
  return message
}

/** The scopes without which a kind cannot do something; null when it can never. */
async function findNeeded(kind: Kind, operation: Operation): Promise<readonly Scope[] | null> {
  const outcomes: { scopes: readonly Scope[]; isAllowed: boolean }[] = []
  // One after the other: the calls of each are counted.
  for (const scopes of grantsOf(kind)) {
    const refusal = await ask(await bearerOf(kind, scopes), operation)
    if (refusal !== null) addRefusal(refusal, operation)
    outcomes.push({ scopes, isAllowed: refusal === null })
  }
  const all = KINDS[kind].grantable
  if (!outcomes.some(({ isAllowed }) => isAllowed)) return null
  const needed = all.filter((scope) =>
    outcomes.some(
      ({ scopes, isAllowed }) =>
        !isAllowed && scopes.length === all.length - 1 && !scopes.includes(scope),
    ),
  )
  for (const { scopes, isAllowed } of outcomes) {
    expect([kind, operation.name, scopes, isAllowed]).toEqual([
      kind,
      operation.name,
      scopes,
      needed.every((it) => scopes.includes(it)),
    ])
  }
  return needed
}

/** What was said, and of which operations. */
const refusals = new Map<string, Set<string>>()
function addRefusal(refusal: string, { name }: Operation): void {
  refusals.set(refusal, (refusals.get(refusal) ?? new Set()).add(name))
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(row).join('\n')

it('who may do what, and what the others are told, is as written down', async () => {
  const rows: string[][] = []
  for (const operation of OPERATIONS) {
    const cells: string[] = []
    for (const kind of KIND_NAMES) {
      const needed = await findNeeded(kind, operation)
      const text = needed?.map((it) => `\`${it}\``).join(' and ')
      cells.push(text === undefined ? 'never' : text || 'no scope')
    }
    rows.push([operation.name, ...cells])
  }
  const told = [...refusals].sort(([a], [b]) => (a < b ? -1 : 1))
  await expect(`${HEAD}
${table(['', ...KIND_NAMES], rows)}

## What the others are told

In \`errors\`, with the code \`FORBIDDEN\`, and with the scope as \`requiredScope\` where one is missing. Nothing was done then.

${table(
  ['message', 'of'],
  told.map(([message, operations]) => [message, [...operations].join(', ')]),
)}
`).toMatchFileSnapshot(GOLDEN)
})

it('every root field of the schema is in what is written down', async () => {
  const golden = await readFile(GOLDEN, 'utf8')
  expect(rootFields.length).toBeGreaterThan(10)
  expect(rootFields.filter((field) => !golden.includes(`\n| \`${field}\` |`))).toEqual([])
})

it('without a key or a token nothing is answered', async () => {
  for (const { query, variables } of OPERATIONS) {
    const answer = await gateway.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query, variables },
    })
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([
      401,
      'UNAUTHENTICATED',
    ])
  }
})
