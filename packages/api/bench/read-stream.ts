import { readFile } from 'node:fs/promises'

/** An answer that was read to its end, and the process that made it. */
export interface ReadStream {
  readonly lines: number
  readonly lastLine: string
  readonly seconds: number
  /** Most resident memory of the process, in bytes: while the first tenth came, and at any time. */
  readonly mostBytesAtFirst: number
  readonly mostBytes: number
}

/** Lines between two looks at the memory. */
const LOOK_EVERY_LINES = 10_000
const NEWLINE = 10
const TAIL_BYTES = 256

/**
 * Calls and reads the answer to its end as fast as it comes, with next to no work of its own: the machine is the
 * service's.
 * @param lines about how many will come
 */
export async function readStream(
  pid: number,
  lines: number,
  url: string,
  options: RequestInit,
): Promise<ReadStream> {
  const startedAt = performance.now()
  const response = await fetch(url, options)
  if (response.status !== 200) throw new Error(`${url}: ${await response.text()}`)
  let seen = 0
  let lookAt = 0
  let mostBytesAtFirst = 0
  let mostBytes = 0
  let tail = Buffer.alloc(0)
  for await (const chunk of response.body ?? []) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) seen += 1
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES)
    if (seen < lookAt) continue
    lookAt = seen + LOOK_EVERY_LINES
    mostBytes = Math.max(mostBytes, await readResidentBytes(pid))
    if (seen <= lines / 10) mostBytesAtFirst = mostBytes
  }
  const seconds = (performance.now() - startedAt) / 1000
  const lastLine = tail.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
  return { lines: seen, lastLine, seconds, mostBytesAtFirst, mostBytes }
}

async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
