import { appendFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { madeUpEntry } from '../tests/made-up-run.ts'
import { describeProgress, followHistory } from './follow-history.ts'

it('counts the answers of a history while it is written, whole lines only', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'load-history-')), 'history.ndjson')
  const counts = followHistory(path)
  expect(await counts()).toEqual({ answers: 0, byKind: new Map() })

  const line = JSON.stringify(madeUpEntry())
  await appendFile(path, `${line}\n${line.slice(0, 40)}`)
  expect(await counts()).toEqual({ answers: 1, byKind: new Map([['granted', 1]]) })

  const refused = madeUpEntry({ outcome: { kind: 'rejected', reason: 'EXHAUSTED' } })
  await appendFile(path, `${line.slice(40)}\n${JSON.stringify(refused)}\n`)
  expect(await counts()).toEqual({
    answers: 3,
    byKind: new Map([
      ['granted', 2],
      ['rejected', 1],
    ]),
  })
})

it('says how many so far, and how many a second since the line before', () => {
  const before = { answers: 100, byKind: new Map() }
  const now = {
    answers: 300,
    byKind: new Map([
      ['granted', 200],
      ['rejected', 100],
    ] as const),
  }
  expect(describeProgress(now, before, 4, 2)).toBe(
    '4 s: 300 answers (100/s): 200 granted, 100 rejected',
  )
})
