import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { type AllowedNetworks, isAllowedAddress } from './address-rules.ts'

/** A name or an address that webhooks may not be sent to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
}

export interface ConnectorOptions {
  readonly allowedNetworks: AllowedNetworks
  readonly timeoutMs: number
  /** Resolves names; the system's by default. */
  readonly resolve?: LookupFunction
}

/**
 * Makes connections to allowed addresses only. What is judged is the address that the connection is made to, at that
 * moment: a name that was harmless when it was entered, and resolves to an inner address now, is refused, and since
 * the socket is given the addresses that were judged, no second look-up can bring in another.
 */
export function createGuardedConnector({
  allowedNetworks,
  timeoutMs,
  resolve = lookup,
}: ConnectorOptions): buildConnector.connector {
  const connectors = {
    'http:': connectorFor('http:'),
    'https:': connectorFor('https:'),
  }

  function connectorFor(protocol: string) {
    const isAllowed = (address: string) => isAllowedAddress(address, protocol, allowedNetworks)
    const connect = buildConnector({
      timeout: timeoutMs,
      allowH2: false,
      lookup: guardLookup(resolve, isAllowed),
    })
    return function connectGuarded(
      options: buildConnector.Options,
      callback: buildConnector.Callback,
    ): void {
      // An address is not looked up.
      const address = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(address) !== 0 && !isAllowed(address)) {
        callback(new ForbiddenAddressError(`the address ${address} is not allowed`), null)
        return
      }
      connect(options, callback)
    }
  }

  return function connectByProtocol(options, callback) {
    connectors[options.protocol === 'https:' ? 'https:' : 'http:'](options, callback)
  }
}

/** Looks a name up, and leaves the allowed ones of its addresses. */
function guardLookup(resolve: LookupFunction, isAllowed: (address: string) => boolean) {
  return function lookUpGuarded(
    hostname: string,
    options: Parameters<LookupFunction>[1],
    callback: Parameters<LookupFunction>[2],
  ): void {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const addresses = Array.isArray(found) ? found : []
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (first === undefined) {
        const all = addresses.map(({ address }) => address).join(', ')
        callback(new ForbiddenAddressError(`${hostname} is ${all}, which is not allowed`), [])
      } else if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
