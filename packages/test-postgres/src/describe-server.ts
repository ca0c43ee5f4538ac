import pg from 'pg'

/** What the figures of a benchmark depend on: the server's version, and how durable and how large it is set. */
export async function describeServer(url: string): Promise<Readonly<Record<string, string>>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, string>>(
      `select split_part(version(), ' on ', 1) as postgres, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('shared_buffers') as shared_buffers`,
    )
    return rows[0] ?? {}
  } finally {
    await client.end()
  }
}
