import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Environment,
  type Folder,
  makeFolder,
  NO_UPSTREAM,
  send,
  startGateway,
  writeKeysFile,
} from './gateway-under-test.ts'

let folder: Folder
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

/** What a gateway needs beside a keys file. */
const UPSTREAM = { UPSTREAM_API_KEY: 'a-key' }

/** What a gateway says that does not start. */
async function failureOf(environment: Environment): Promise<string> {
  const failure = await startGateway(NO_UPSTREAM, environment).then(
    () => 'it started',
    (error: Error) => error.message,
  )
  expect(failure).not.toMatch(/\n +at |node_modules|hunter2/)
  return failure
}

describe('a bad setting stops the start with one readable line:', () => {
  it.each<[Environment, string]>([
    [{ GATEWAY_PORT: 'eighty' }, 'GATEWAY_PORT must be an integer from 0 to 65535, got "eighty"'],
    [
      { UPSTREAM_URL: 'ftp://me:hunter2@coupons' },
      'UPSTREAM_URL must be one or several URLs that start with http:// or https://',
    ],
    [{ UPSTREAM_PROFILE: 'cloud' }, 'UPSTREAM_PROFILE must be one of native, hosted, got "cloud"'],
    [
      { DEMO: 'false', UPSTREAM_API_KEY: 'a-key' },
      'GATEWAY_KEYS_FILE must be the path of a JSON file with the keys of this gateway, got nothing',
    ],
    [
      { ...UPSTREAM, GATEWAY_KEYS_FILE: '/nowhere/keys.json' },
      'GATEWAY_KEYS_FILE must be a JSON file, got /nowhere/keys.json: ENOENT',
    ],
    [
      { HOST: '203.0.113.7', GATEWAY_PORT: '4000' },
      'HOST 203.0.113.7 is not an address of this machine',
    ],
  ])('%j', async (environment, message) => {
    const failure = await failureOf(environment)
    expect(failure).toContain(`gateway did not start: ${message}`)
    expect(failure.split('\n')).toHaveLength(1)
  })
})

describe('a keys file that is wrong stops the start with a text that says what and where:', () => {
  it('broken JSON', async () => {
    const path = join(folder.path, 'broken.json')
    await writeFile(path, '[{')
    expect(await failureOf({ ...UPSTREAM, GATEWAY_KEYS_FILE: path })).toContain(
      `GATEWAY_KEYS_FILE must be a JSON file, got ${path}: `,
    )
  })

  it.each([
    [{ kind: 'publishable' }, 'holds a scope that its kind may not have', '[0].scopes'],
    [{ sha256: 'sk_plain_text' }, 'must be the SHA-256 of the key, in hex', '[0].sha256'],
  ])('%j', async (fields, problem, place) => {
    const path = await writeKeysFile(folder, { sk_shop: fields })
    const failure = await failureOf({ ...UPSTREAM, GATEWAY_KEYS_FILE: path })
    expect(failure).toContain(`GATEWAY_KEYS_FILE must hold valid keys, got ${path}`)
    expect(failure).toContain(problem)
    expect(failure).toContain(place)
  })
})

it('a keys file that repeats a key of the demo stops the start', async () => {
  const path = await writeKeysFile(folder, { sk_demo: {} })
  expect(await failureOf({ DEMO: 'true', GATEWAY_KEYS_FILE: path })).toContain(
    `GATEWAY_KEYS_FILE must hold each key once, and none of the demo’s, got ${path}: the id "sk_demo" twice`,
  )
})

it('in production the public keys of the demo were accepted unless somebody thought of DEMO', async () => {
  const production = { NODE_ENV: 'production', ...UPSTREAM }
  expect(await failureOf(production)).toContain('GATEWAY_KEYS_FILE must be the path')
  const gateway = await startGateway(NO_UPSTREAM, {
    ...production,
    GATEWAY_KEYS_FILE: await writeKeysFile(folder, { sk_shop: {} }),
  })
  for (const key of ['pk_demo', 'sk_demo', 'staff_demo']) {
    expect((await send(gateway, { key, body: { query: '{ __typename }' } })).status).toBe(401)
  }
  await gateway.stop()
})

it('a port that is taken stops the start', async () => {
  const gateway = await startGateway(NO_UPSTREAM)
  const { port } = new URL(gateway.url)
  expect(await failureOf({ GATEWAY_PORT: port })).toContain(`port ${port} on 127.0.0.1 is taken`)
  await gateway.stop()
  expect(await gateway.exited).toBe(0)
})

it('the keys of the demo are unknown without DEMO, and those of the file are known', async () => {
  const gateway = await startGateway(NO_UPSTREAM, {
    DEMO: 'false',
    UPSTREAM_API_KEY: 'a-key',
    GATEWAY_KEYS_FILE: await writeKeysFile(folder, { sk_shop: {} }),
  })
  const statusOf = async (key: string) =>
    (await send(gateway, { key, body: { query: '{ rateLimit { limit } }' } })).status
  expect(await statusOf('sk_demo')).toBe(401)
  expect(await statusOf('pk_demo')).toBe(401)
  expect(await statusOf('sk_shop')).toBe(200)
  await gateway.stop()
})
