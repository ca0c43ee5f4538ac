/** A process of a cluster has its port opened by the primary, by another call. */
const LISTENING: readonly unknown[] = ['listen', 'bind']

/** The one readable line about a start that failed. */
export function explainFailedStart(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, syscall, port, address } = error as NodeJS.ErrnoException & {
    port?: number
    address?: string
  }
  // Other calls fail with the same codes, about files, and their messages say which.
  if (!LISTENING.includes(syscall) || port === undefined) return error.message
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another process; stop it or choose another port`
    case 'EACCES':
      return `port ${port} on ${address} needs more rights than this process has; choose one above 1023`
    case 'EADDRNOTAVAIL':
      return `HOST ${address} is not an address of this machine`
    default:
      return error.message
  }
}
