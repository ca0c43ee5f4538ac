import { createReadStream } from 'node:fs'
import type { HistoryEntry } from '../plan.ts'

const CHUNK_BYTES = 4 * 1024 * 1024
const NEWLINE = 10

/**
 * Reads the history that k6 wrote, one JSON object a line, chunk by chunk: a million lines never are one text. Texts
 * that come again and again are kept once. What k6 was writing as it was killed is left out: a last line that is none.
 *
 * @throws Error at any other line that is no JSON
 */
export async function readHistory(path: string): Promise<readonly HistoryEntry[]> {
  const history: HistoryEntry[] = []
  const share = createSharing()
  let lines = 0
  const add = (text: string, isEnded: boolean) => {
    lines += 1
    if (text === '') return
    const entry = parseLine(text, lines, isEnded)
    if (entry !== undefined) history.push(share(entry))
  }

  // Bytes and not text: a character may be cut in two where a chunk ends.
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      add(bytes.toString('utf8', from, end), true)
      from = end + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) add(rest.toString('utf8'), false)
  return history
}

function parseLine(text: string, line: number, isEnded: boolean): HistoryEntry | undefined {
  try {
    return JSON.parse(text) as HistoryEntry
  } catch (error) {
    if (!isEnded) return undefined
    throw new Error(`line ${line} of the history is no JSON: ${text.slice(0, 200)}`, {
      cause: error,
    })
  }
}

/** Each rejection has the code and the reason of many others. */
function createSharing(): (entry: Mutable<HistoryEntry>) => HistoryEntry {
  const texts = new Map<string, string>()
  const outcomes = new Map<string, HistoryEntry['outcome']>()
  return (entry) => {
    const { outcome } = entry
    if (outcome.kind === 'rejected') {
      const shared = outcomes.get(outcome.reason) ?? outcome
      outcomes.set(outcome.reason, shared)
      entry.outcome = shared
    }
    const coupon = texts.get(entry.coupon)
    if (coupon === undefined) texts.set(entry.coupon, entry.coupon)
    else entry.coupon = coupon
    return entry
  }
}

type Mutable<Entry> = { -readonly [Key in keyof Entry]: Entry[Key] }
