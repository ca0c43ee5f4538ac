import type { GatewayContext } from './context.ts'
import { gatewayError } from './gateway-error.ts'
import type { Scope } from './gateway-keys.ts'

/** @throws GraphQLError FORBIDDEN that names the scope which is missing */
export function requireScope({ caller }: GatewayContext, scope: Scope): void {
  if (!caller.scopes.has(scope)) {
    throw gatewayError('FORBIDDEN', `This key lacks the scope ${scope}.`)
  }
}
