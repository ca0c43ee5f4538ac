import type { Scope } from './caller.ts'
import type { GatewayContext } from './context.ts'
import { gatewayError } from './gateway-error.ts'

/** @throws GraphQLError FORBIDDEN that names the scope which is missing */
export function requireScope({ caller }: GatewayContext, scope: Scope): void {
  if (!caller.scopes.has(scope)) {
    throw gatewayError('FORBIDDEN', `This key lacks the scope ${scope}.`)
  }
}

/**
 * Staff redeem at once: what a checkout does over time is not done at a till.
 * @throws GraphQLError FORBIDDEN
 */
export function forbidStaff({ caller }: GatewayContext): void {
  if (caller.kind === 'staff') {
    throw gatewayError('FORBIDDEN', 'A staff key redeems at once, and reserves nothing.')
  }
}
