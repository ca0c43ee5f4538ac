const WILDCARDS = new Set(['0.0.0.0', '[::]'])
const HOST_NAME = /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])$/i

/**
 * Where a browser finds the gateway. One that listens on every address of this machine is at the one by which the
 * page was asked for: a telephone in the same network knows the machine by its address there.
 *
 * @param askedHost the host of the request's `Host`, without its port; not believed where it is no name
 */
export function gatewayUrlFor(askedHost: string, gatewayUrl: string): string {
  const url = new URL(gatewayUrl)
  if (WILDCARDS.has(url.hostname) && HOST_NAME.test(askedHost)) url.hostname = askedHost
  return url.origin
}
