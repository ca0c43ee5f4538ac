import { type FileHandle, open } from 'node:fs/promises'
import type { Outcome } from '../plan.ts'

const CHUNK_BYTES = 1 << 20

/** Counts the answers of a history while it is written. */
export interface HistoryCounts {
  readonly answers: number
  readonly byKind: ReadonlyMap<Outcome['kind'], number>
}

/** Reads on from where it was, each time it is asked. */
export function followHistory(path: string): () => Promise<HistoryCounts> {
  const buffer = Buffer.alloc(CHUNK_BYTES)
  const byKind = new Map<Outcome['kind'], number>()
  let position = 0
  let answers = 0
  let rest = ''

  const readMore = async (file: FileHandle) => {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position)
      if (bytesRead === 0) return
      position += bytesRead
      // The history is ASCII but for what an unexpected answer brings along, which is not counted by letters.
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const kind = /"outcome":\{"kind":"([a-z]+)"/.exec(line)?.[1] as Outcome['kind'] | undefined
        if (kind === undefined) continue
        answers += 1
        byKind.set(kind, (byKind.get(kind) ?? 0) + 1)
      }
    }
  }

  return async () => {
    // It is not there before k6 has begun.
    const file = await open(path).catch(() => undefined)
    if (file !== undefined) {
      try {
        await readMore(file)
      } finally {
        await file.close()
      }
    }
    return { answers, byKind: new Map(byKind) }
  }
}

/** One line for people: how many answers so far, and since the line before. */
export function describeProgress(
  { answers, byKind }: HistoryCounts,
  before: HistoryCounts,
  seconds: number,
  secondsBefore: number,
): string {
  const rate = Math.round((answers - before.answers) / (seconds - secondsBefore))
  const kinds = [...byKind].map(([kind, count]) => `${count} ${kind}`).join(', ')
  return `${Math.round(seconds)} s: ${answers} answers (${rate}/s)${kinds === '' ? '' : `: ${kinds}`}`
}
