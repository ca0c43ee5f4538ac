import { describe, expect, inject, it } from 'vitest'
import { EXPECTED_RULES } from '../museum/expected-rules.ts'
import { type JudgedShow, judgeShow } from '../museum/judged-show.ts'
import { recordShows } from '../museum/record-shows.ts'

// `pnpm load museum` shows all fourteen races twenty times. Here are some, of all three strategies.

async function judge(only: string): Promise<JudgedShow[]> {
  const options = { times: 1, only, serverUrl: inject('postgresUrl') }
  const shows: JudgedShow[] = []
  for await (const show of recordShows({ ...options, signal: new AbortController().signal })) {
    shows.push(judgeShow(show))
  }
  return shows
}

describe('a strategy with one fault, under concurrency on PostgreSQL,', {
  timeout: 120_000,
}, () => {
  it.each([
    ['lock', ['conditional-update', 'textbook', 'batched', 'textbook']],
    ['rollback', ['batched']],
    ['hold counted', ['batched']],
  ])('fails for the right reason, and passes without it: races of a %s', async (only, names) => {
    const shows = await judge(only)
    const wrong = shows.filter(({ fault }) => fault !== null)
    expect(wrong.map(({ strategy }) => strategy)).toEqual(names)
    for (const { race, differences } of wrong) {
      expect(differences.map(({ rule }) => rule)).toContain(EXPECTED_RULES[race])
    }
    const right = shows.filter(({ fault }) => fault === null)
    expect(right.map(({ differences }) => differences)).toEqual(names.map(() => []))
  })
})

it('a show that cannot be recorded is an error, and no verdict', async () => {
  await expect(judge('no such race')).rejects.toThrow('the races could not be recorded')
})
