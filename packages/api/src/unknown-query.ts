import type { RouteOptions } from 'fastify'
import { Type } from 'typebox'

const NO_PARAMETERS = Type.Object({}, { additionalProperties: false })

/**
 * Hook of each coupon call that is added: one that takes nothing from the query refuses it, since a body field that was
 * sent there by mistake would be passed over in silence.
 */
export function refuseUnknownQuery(route: RouteOptions): void {
  route.schema = { querystring: NO_PARAMETERS, ...route.schema }
}
