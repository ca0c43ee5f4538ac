import { readFile } from 'node:fs/promises'
import type { HistoryEntry } from '../plan.ts'

/** Reads the history that k6 wrote, one JSON object a line. @throws Error at a line that is none */
export async function readHistory(path: string): Promise<readonly HistoryEntry[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as HistoryEntry
    } catch (error) {
      throw new Error(`line ${index + 1} of the history is no JSON: ${line.slice(0, 200)}`, {
        cause: error,
      })
    }
  })
}
