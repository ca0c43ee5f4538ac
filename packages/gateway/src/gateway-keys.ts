import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SettingsError } from '@coupon-gateway/service'
import { z } from 'zod'

/** What a key may do. */
export const SCOPES = [
  'coupon:validate',
  'coupon:redeem',
  'coupon:rollback',
  'coupon:manage',
  'redemption:read',
] as const
export type Scope = (typeof SCOPES)[number]

/** A caller of the gateway. The key itself is known only as its hash. */
export interface GatewayKey {
  /** Name for logs and budgets; not the key. */
  readonly id: string
  /** Publishable: in browsers, for everybody to see. Secret: on servers. Staff: in the shop; redeems on-site coupons only. */
  readonly kind: 'publishable' | 'secret' | 'staff'
  readonly scopes: ReadonlySet<Scope>
  /** Upstream calls that the key may cause in one minute. */
  readonly callsPerMinute: number
}

export interface GatewayKeys {
  find(key: string): GatewayKey | undefined
}

const ALLOWED_SCOPES: Record<GatewayKey['kind'], readonly Scope[]> = {
  publishable: ['coupon:validate'],
  secret: SCOPES,
  staff: ['coupon:validate', 'coupon:redeem'],
}

const keyEntry = z
  .object({
    id: z.string().min(1),
    kind: z.enum(['publishable', 'secret', 'staff']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the key, in hex'),
    scopes: z.array(z.enum(SCOPES)),
    callsPerMinute: z.int().min(1),
  })
  .strict()
  .refine(({ kind, scopes }) => scopes.every((scope) => ALLOWED_SCOPES[kind].includes(scope)), {
    message: 'holds a scope that its kind may not have',
    path: ['scopes'],
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
 * `{ id, kind, sha256, scopes, callsPerMinute }`.
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
  const byHash = new Map<string, GatewayKey>(
    entries.map(({ sha256, scopes, ...rest }) => [sha256, { ...rest, scopes: new Set(scopes) }]),
  )
  // A look-up by hash: its time tells nothing about the keys themselves.
  return { find: (key) => byHash.get(hashKey(key)) }
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
  return createHash('sha256').update(key).digest('hex')
}
