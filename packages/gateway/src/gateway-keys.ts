import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SettingsError } from '@coupon-gateway/service'
import { z } from 'zod'
import { type Caller, type CallerKind, SCOPES, SCOPES_OF_KIND } from './caller.ts'
import { originField } from './origins.ts'

/** A key, known only as its hash, is a caller of its own. */
export interface GatewayKeys {
  find(key: string): Caller | undefined
  /** Those that are used in browsers. */
  readonly inBrowsers: readonly Caller[]
}

type KeyKind = Exclude<CallerKind, 'token'>

/** Kinds whose keys are in a browser. A secret key in a page would be everybody's. */
const BROWSER_KINDS: readonly CallerKind[] = ['publishable', 'staff'] satisfies KeyKind[]

const keyEntry = z
  .object({
    // The budgets of tokens have such names.
    id: z
      .string()
      .min(1)
      .regex(/^(?!jwt:)/, 'must not begin with jwt:, which is for tokens'),
    kind: z.enum(['publishable', 'secret', 'staff'] satisfies KeyKind[]),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the key, in hex'),
    scopes: z.array(z.enum(SCOPES)),
    callsPerMinute: z.int().min(1),
    origins: z
      .array(originField)
      .min(1, 'must name an origin; leave `origins` out to allow any')
      .optional(),
  })
  .strict()
  .refine(({ kind, scopes }) => scopes.every((scope) => SCOPES_OF_KIND[kind].includes(scope)), {
    message: 'holds a scope that its kind may not have',
    path: ['scopes'],
  })
  .refine(({ kind, origins }) => origins === undefined || BROWSER_KINDS.includes(kind), {
    message: 'is for keys in browsers: publishable and staff ones',
    path: ['origins'],
  })

type KeyEntry = z.output<typeof keyEntry>

/** Keys that docs, load scripts and newcomers share. */
const DEMO_KEYS: readonly KeyEntry[] = [
  {
    id: 'pk_demo',
    kind: 'publishable',
    sha256: hashKey('pk_demo'),
    scopes: ['coupon:validate'],
    callsPerMinute: 600,
  },
  {
    id: 'sk_demo',
    kind: 'secret',
    sha256: hashKey('sk_demo'),
    scopes: [...SCOPES],
    // Load runs use this key.
    callsPerMinute: 100_000_000,
  },
  {
    id: 'staff_demo',
    kind: 'staff',
    sha256: hashKey('staff_demo'),
    scopes: ['coupon:validate', 'coupon:redeem'],
    callsPerMinute: 600,
  },
]

/**
 * Reads the keys of this gateway: those of a JSON file, and the demo's where wanted. The file is a list of
 * `{ id, kind, sha256, scopes, callsPerMinute, origins? }`.
 *
 * @throws SettingsError when the file cannot be read, an entry is wrong, or two keys have the same id or hash
 */
export async function readGatewayKeys(
  keysFile: string | undefined,
  demo: boolean,
): Promise<GatewayKeys> {
  const entries = [...(demo ? DEMO_KEYS : []), ...(keysFile ? await readKeysFile(keysFile) : [])]
  const twin = findTwin(entries)
  if (twin !== undefined) {
    throw new SettingsError(
      `GATEWAY_KEYS_FILE must hold each key once${demo ? ', and none of the demo’s' : ''}, got ${keysFile}: ${twin}`,
    )
  }
  const byHash = new Map(entries.map((entry) => [entry.sha256, toCaller(entry)]))
  return {
    find: findByHash(byHash),
    inBrowsers: [...byHash.values()].filter(({ kind }) => BROWSER_KINDS.includes(kind)),
  }
}

/**
 * Looks keys up by their hash: its time tells nothing about the keys themselves. A key that was found is known from
 * then on, since to hash it costs a fiftieth of a request; there are no more of them than in the file.
 */
function findByHash(byHash: ReadonlyMap<string, Caller>): GatewayKeys['find'] {
  const found = new Map<string, Caller>()
  return (key) => {
    const known = found.get(key) ?? byHash.get(hashKey(key))
    if (known !== undefined && !found.has(key)) found.set(key, known)
    return known
  }
}

function toCaller({ id, kind, scopes, callsPerMinute, origins }: KeyEntry): Caller {
  return {
    id,
    kind,
    by: 'key',
    scopes: new Set(scopes),
    callsPerMinute,
    origins: origins === undefined ? null : new Set(origins),
  }
}

/** Two keys of one id would share a budget; of two with one hash, the later would take the place of the other. */
function findTwin(entries: readonly KeyEntry[]): string | undefined {
  const ids = new Set<string>()
  const idByHash = new Map<string, string>()
  for (const { id, sha256 } of entries) {
    if (ids.has(id)) return `the id ${JSON.stringify(id)} twice`
    const other = idByHash.get(sha256)
    if (other !== undefined) {
      return `the same sha256 for ${JSON.stringify(other)} and ${JSON.stringify(id)}`
    }
    ids.add(id)
    idByHash.set(sha256, id)
  }
  return undefined
}

async function readKeysFile(path: string): Promise<readonly KeyEntry[]> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new SettingsError(
      `GATEWAY_KEYS_FILE must be a JSON file, got ${path}: ${error instanceof Error ? error.message : error}`,
    )
  }
  const parsed = z.array(keyEntry).safeParse(content)
  if (parsed.success) return parsed.data
  throw new SettingsError(
    `GATEWAY_KEYS_FILE must hold valid keys, got ${path}: ${z.prettifyError(parsed.error)}`,
  )
}

function hashKey(key: string): string {
  return hash('sha256', key)
}
