import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine } from '../csv.ts'
import { type Columns, readCsvRows } from './csv-rows.ts'
import type { FileRow } from './file-row.ts'

const COLUMNS: Columns = {
  known: ['code', 'memo', 'count'],
  required: ['code'],
  numeric: new Set(['count']),
}

async function read(text: string, pieceLength = 7): Promise<FileRow[]> {
  async function* inPieces() {
    // Never within a character: the decoder of bytes does not either.
    const characters = [...text]
    while (characters.length > 0) yield characters.splice(0, pieceLength).join('')
  }
  const rows: FileRow[] = []
  for await (const row of readCsvRows(inPieces(), COLUMNS)) rows.push(row)
  return rows
}

describe('CSV to import', () => {
  it('is read back as an export wrote it, each row with the line that it begins in', async () => {
    // Every kind of text that CSV has trouble with, more often than chance would have it.
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom('"', ',', '\n', '\r\n', '=', "'", ' ', '\t', 'ß', '😀'),
          fc.string({ unit: 'binary' }),
        ),
      )
      .map((parts) => parts.join('').replaceAll('\0', ''))
    const row = fc.record({
      code: text.filter((it) => it !== ''),
      memo: text,
      count: fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => Math.trunc(it % 1e9)),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.integer({ min: 1, max: 50 }), async (rows, length) => {
        const written = rows.map(({ code, memo, count }) => csvLine([code, memo, count]))
        const lines = written.map(
          (_, index) => 2 + (written.slice(0, index).join('').match(/\n/g)?.length ?? 0),
        )
        expect(await read(csvLine(COLUMNS.known) + written.join(''), length)).toEqual(
          rows.map(({ code, memo, count }, index) => ({
            line: lines[index],
            fields: { code, ...(memo === '' ? {} : { memo }), count: count === 0 ? 0 : count },
          })),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('has columns in any order, cells without quotes, either end of line, and empty lines', async () => {
    expect(await read('memo,code\r\nhello,A\n\n,B')).toEqual([
      { line: 2, fields: { memo: 'hello', code: 'A' } },
      { line: 4, fields: { code: 'B' } },
    ])
  })

  it('keeps what is no number for the check of its field', async () => {
    expect(await read('code,count\nA,1e3\nB,-1.5\nC, 7\n')).toEqual([
      { line: 2, fields: { code: 'A', count: '1e3' } },
      { line: 3, fields: { code: 'B', count: -1.5 } },
      { line: 4, fields: { code: 'C', count: ' 7' } },
    ])
  })

  it('tells a row with cells too few or too many, and goes on', async () => {
    expect(await read('code,memo\nA\nB,b\nC,c,c\n')).toMatchObject([
      { line: 2, problems: [{ problem: 'has 1 cells' }], isLast: false },
      { line: 3, fields: { code: 'B' } },
      { line: 4, problems: [{ problem: 'has 3 cells' }], isLast: false },
    ])
  })

  it.each([
    ['an unknown column', 'code,nmae\nA,b\n', 1, 'nmae'],
    ['semicolons', 'code;memo\nA;b\n', 1, 'code;memo'],
    ['a column twice', 'code,memo,memo\n', 1, 'memo'],
    ['a missing column', 'memo\nb\n', 1, 'code'],
    ['nothing', '', 1, 'file'],
    ['a quote that is not closed', 'code\nA\n"B\nC\n', 3, 'file'],
    ['a quote in the wrong place', 'code\nA\nB"b"\nC\n', 3, 'file'],
    ['too long a row', `code\nA\n${'B'.repeat(70_000)}\nC\n`, 3, 'file'],
  ])('ends with what it has to say about %s', async (_what, text, line, field) => {
    const last = (await read(text, 1_000)).at(-1)
    expect(last).toMatchObject({ line, isLast: true })
    expect(last).toHaveProperty(
      'problems',
      expect.arrayContaining([expect.objectContaining({ field })]),
    )
  })
})
