import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCOPES } from './caller.ts'
import { readGatewayKeys } from './gateway-keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const entry = {
  id: 'shop',
  kind: 'secret',
  sha256: createHash('sha256').update('sk_live_of_shop').digest('hex'),
  scopes: ['coupon:validate', 'coupon:redeem'],
  callsPerMinute: 60,
}

const publishable = { ...entry, kind: 'publishable', scopes: ['coupon:validate'] }

async function readFileOf(content: unknown, demo = false) {
  const path = join(folder, 'keys.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readGatewayKeys(path, demo)
}

describe('readGatewayKeys', () => {
  it('finds a key of the file by the key, not by its id or hash', async () => {
    const keys = await readFileOf([entry])
    expect(keys.find('sk_live_of_shop')).toEqual({
      id: 'shop',
      kind: 'secret',
      by: 'key',
      scopes: new Set(['coupon:validate', 'coupon:redeem']),
      callsPerMinute: 60,
      origins: null,
    })
    for (const other of ['shop', entry.sha256, 'SK_LIVE_OF_SHOP', '', '__proto__']) {
      expect(keys.find(other)).toBeUndefined()
    }
  })

  it('knows the keys of the demo only where they are wanted', async () => {
    for (const key of ['pk_demo', 'sk_demo', 'staff_demo']) {
      expect((await readGatewayKeys(undefined, true)).find(key)?.id).toBe(key)
      expect((await readFileOf([entry], true)).find(key)?.id).toBe(key)
      expect((await readFileOf([entry])).find(key)).toBeUndefined()
    }
  })

  it('gives the demo’s keys the scopes of their kinds', async () => {
    const keys = await readGatewayKeys(undefined, true)
    expect([...(keys.find('pk_demo')?.scopes ?? [])]).toEqual(['coupon:validate'])
    expect([...(keys.find('sk_demo')?.scopes ?? [])]).toEqual([...SCOPES])
    expect([...(keys.find('staff_demo')?.scopes ?? [])]).toEqual([
      'coupon:validate',
      'coupon:redeem',
    ])
  })

  const allowed = {
    publishable: ['coupon:validate'],
    secret: SCOPES,
    staff: ['coupon:validate', 'coupon:redeem'],
  } as const
  it.each(
    Object.entries(allowed).flatMap(([kind, scopes]: [string, readonly string[]]) =>
      SCOPES.map((scope) => [kind, scope, scopes.includes(scope)] as const),
    ),
  )('a %s key with %s: %s', async (kind, scope, isAllowed) => {
    const reading = readFileOf([{ ...entry, kind, scopes: [scope] }])
    if (isAllowed) expect((await reading).find('sk_live_of_shop')?.scopes).toContain(scope)
    else await expect(reading).rejects.toThrow('holds a scope that its kind may not have')
  })

  it.each<[what: string, content: unknown, place: string]>([
    ['no JSON', '[{', 'must be a JSON file'],
    ['an object', { shop: entry }, 'expected array'],
    ['an empty id', [{ ...entry, id: '' }], '[0].id'],
    ['an unknown kind', [entry, { ...entry, kind: 'admin' }], '[1].kind'],
    ['a key instead of its hash', [{ ...entry, sha256: 'sk_live_of_shop' }], '[0].sha256'],
    ['a hash in upper case', [{ ...entry, sha256: 'A'.repeat(64) }], '[0].sha256'],
    ['an unknown scope', [{ ...entry, scopes: ['coupon:all'] }], '[0].scopes[0]'],
    ['no calls at all', [{ ...entry, callsPerMinute: 0 }], '[0].callsPerMinute'],
    ['half a call', [{ ...entry, callsPerMinute: 1.5 }], '[0].callsPerMinute'],
    ['a missing field', [{ ...entry, scopes: undefined }], '[0].scopes'],
    ['the id of a token', [{ ...entry, id: 'jwt:alice' }], '[0].id'],
    ['origins of a secret key', [{ ...entry, origins: ['https://shop.example'] }], '[0].origins'],
    ['no origins at all', [{ ...publishable, origins: [] }], '[0].origins'],
    ['origins that are no list', [{ ...publishable, origins: 'https://a.example' }], '[0].origins'],
    ['an address', [{ ...publishable, origins: ['https://shop.example/'] }], '[0].origins[0]'],
    ['a pattern', [{ ...publishable, origins: ['https://*.example'] }], '[0].origins[0]'],
    ['any origin', [{ ...publishable, origins: ['*'] }], '[0].origins[0]'],
    ['an unknown field', [{ ...entry, key: 'sk_live_of_shop' }], '"key"'],
  ])('refuses %s, and repeats no key', async (_what, content, place) => {
    const failure = await readFileOf(content).then(
      () => 'it was read',
      (error: Error) => error.message,
    )
    expect(failure).toMatch(/^GATEWAY_KEYS_FILE must .*keys\.json: /)
    expect(failure).toContain(place)
    expect(failure).not.toContain('sk_live_of_shop')
  })

  const other = { ...entry, id: 'other', sha256: 'a'.repeat(64) }
  const demoHash = createHash('sha256').update('sk_demo').digest('hex')
  it.each<[what: string, content: object[], demo: boolean, twin: string]>([
    ['an id twice', [entry, { ...other, id: 'shop' }], false, 'the id "shop" twice'],
    [
      'a hash twice',
      [entry, { ...other, sha256: entry.sha256 }],
      false,
      'the same sha256 for "shop" and "other"',
    ],
    ['an id of the demo', [{ ...entry, id: 'pk_demo' }], true, 'the id "pk_demo" twice'],
    [
      'a key of the demo',
      [{ ...entry, sha256: demoHash }],
      true,
      'the same sha256 for "sk_demo" and "shop"',
    ],
  ])(
    '%s let one key take the place or the budget of another',
    async (_what, content, demo, twin) => {
      const failure = await readFileOf(content, demo).then(
        () => 'it was read',
        (error: Error) => error.message,
      )
      expect(failure).toMatch(/^GATEWAY_KEYS_FILE must hold each key once.*, got .*keys\.json: /)
      expect(failure).toContain(twin)
      expect(failure).not.toContain(entry.sha256)
    },
  )

  it('knows of each key the origins whose pages may use it', async () => {
    const origins = ['https://shop.example', 'http://localhost:5173']
    const staff = { ...other, kind: 'staff', scopes: ['coupon:redeem'] }
    const keys = await readFileOf([{ ...publishable, origins }, staff])
    expect(keys.find('sk_live_of_shop')?.origins).toEqual(new Set(origins))
    expect(keys.inBrowsers.map(({ id, origins }) => [id, origins])).toEqual([
      ['shop', new Set(origins)],
      ['other', null],
    ])
  })

  it('knows no secret key as one that is used in browsers', async () => {
    const keys = await readFileOf([entry], true)
    expect(keys.inBrowsers.map(({ id }) => id)).toEqual(['pk_demo', 'staff_demo'])
  })

  it('takes several keys that differ, beside those of the demo', async () => {
    const keys = await readFileOf([entry, other], true)
    expect(keys.find('sk_live_of_shop')?.id).toBe('shop')
    expect(keys.find('sk_demo')?.id).toBe('sk_demo')
  })

  it('refuses a file that is not there', async () => {
    await expect(readGatewayKeys(join(folder, 'none.json'), false)).rejects.toThrow(
      /^GATEWAY_KEYS_FILE must be a JSON file, got .*none\.json: ENOENT/,
    )
  })
})
