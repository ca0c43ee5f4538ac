/** The base URL, `http://host:port`, of a service that listens on `host`. An IPv6 address gets its brackets. */
export function serviceUrl(host: string, port: number | string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
