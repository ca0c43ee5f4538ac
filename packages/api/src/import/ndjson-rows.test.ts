import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FileRow } from './file-row.ts'
import { readNdjsonRows } from './ndjson-rows.ts'

async function read(text: string, pieceLength = 7): Promise<FileRow[]> {
  async function* inPieces() {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength)
  }
  const rows: FileRow[] = []
  for await (const row of readNdjsonRows(inPieces())) rows.push(row)
  return rows
}

it('NDJSON is read back as it was written, whatever the values and wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('\n', '\r\n'),
      async (values, length, end) => {
        const text = values.map((value) => `${JSON.stringify(value)}${end}`).join('')
        expect(await read(text, length)).toEqual(
          values.map((value, index) => ({
            line: index + 1,
            fields: JSON.parse(JSON.stringify(value)),
          })),
        )
      },
    ),
    { numRuns: 100 },
  )
})

it('a line that is no JSON is told, and ends nothing; empty lines are none', async () => {
  expect(await read('{"a":1}\n\n{"a":\n{"a":2}')).toMatchObject([
    { line: 1, fields: { a: 1 } },
    { line: 3, problems: [{ field: 'row' }], isLast: false },
    { line: 4, fields: { a: 2 } },
  ])
})

it('a field that is given twice was imported as its last value, and is told', async () => {
  expect(await read('{"disc":10,"disc":90}\n{"disc":10}')).toMatchObject([
    { line: 1, problems: [{ field: 'disc', problem: 'was given twice' }], isLast: false },
    { line: 2, fields: { disc: 10 } },
  ])
})

it('a line without end is given up', async () => {
  expect(await read(`{"a":1}\n${'x'.repeat(200_000)}`, 1_000)).toMatchObject([
    { line: 1 },
    { line: 2, isLast: true },
  ])
})
