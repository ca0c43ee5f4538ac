import { type Caller, nameOf, SCOPES_OF_KIND, type Scope } from './caller.ts'
import type { GatewayContext } from './context.ts'
import { gatewayError } from './gateway-error.ts'

/** @throws GraphQLError FORBIDDEN that names the scope which is missing, and says who could grant it */
export function requireScope({ caller }: GatewayContext, scope: Scope): void {
  if (caller.scopes.has(scope)) return
  throw gatewayError(
    'FORBIDDEN',
    `This ${nameOf(caller)} lacks the scope ${scope}${describeRemedy(caller, scope)}.`,
    { requiredScope: scope },
  )
}

/**
 * Staff redeem at once: what a checkout does over time is not done at a till.
 * @throws GraphQLError FORBIDDEN
 */
export function forbidStaff({ caller }: GatewayContext): void {
  if (caller.kind === 'staff') {
    throw gatewayError('FORBIDDEN', `A ${nameOf(caller)} redeems at once, and reserves nothing.`)
  }
}

function describeRemedy(caller: Caller, scope: Scope): string {
  if (!SCOPES_OF_KIND[caller.kind].includes(scope)) {
    return `, and no ${nameOf(caller)} can have it: send this from a server, with a secret key`
  }
  return caller.by === 'token'
    ? ': its issuer has to grant it'
    : ': whoever runs this gateway has to grant it'
}
