import { expect, inject, it } from 'vitest'
import { runHosted } from '../bench/hosted-run.ts'

/** A small generator with a seed, so that a run that fails can be run again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

it('two clients on one journal, killed with a fifth of all answers lost, leave each key one effect or none', async () => {
  const verdict = await runHosted({
    postgresUrl: inject('postgresUrl'),
    redemptions: 240,
    kills: 2,
    random: seeded(7),
    progress: () => {},
  })
  expect(verdict).toMatchObject({
    twice: [],
    disagreements: [],
    toldWrong: [],
    pending: 0,
    needsReview: 0,
    unaccounted: 0,
  })
  // 144 single uses, 12 coupons for five of six who want them, 24 unlimited ones.
  expect(verdict.redeemed).toBe(144 + 60 + 24)
}, 120_000)
