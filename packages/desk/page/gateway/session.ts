import type { GetToken } from './ask.ts'

/** What `POST /session` answers: see `src/sessions.ts`. */
interface Session {
  readonly token: string
  readonly expiresAtMs: number
  readonly customerId: string
}

export interface CustomerSession {
  /** Null while the desk's own server cannot be reached. */
  readonly getToken: GetToken
  getCustomerId(): Promise<string | null>
  /** The gateway does not take it any more. */
  forget(): void
}

/** A token that ends while a call is on its way would be refused. */
const MARGIN_MS = 30_000

/** Asks for a token when one is needed, once for all who wait for it. */
export function createCustomerSession(): CustomerSession {
  let current: Promise<Session | null> | undefined
  let expiresAtMs = 0
  async function ask(): Promise<Session | null> {
    try {
      const response = await fetch('/session', { method: 'POST', cache: 'no-store' })
      const session = response.ok ? ((await response.json()) as Session) : null
      expiresAtMs = session?.expiresAtMs ?? 0
      if (session === null) current = undefined
      return session
    } catch {
      current = undefined
      return null
    }
  }
  function get(): Promise<Session | null> {
    if (current !== undefined && expiresAtMs !== 0 && Date.now() > expiresAtMs - MARGIN_MS) {
      current = undefined
    }
    if (current === undefined) {
      expiresAtMs = 0
      current = ask()
    }
    return current
  }
  return {
    getToken: async () => (await get())?.token ?? null,
    getCustomerId: async () => (await get())?.customerId ?? null,
    forget() {
      current = undefined
    },
  }
}
