import { expect, it } from 'vitest'
import { type FigureGroup, measureGroups } from './measure-groups.ts'

const figure = (id: string) => ({ id, what: id, unit: 'ratio', goal: '<= 1' }) as const
const session = { rounds: 3, quick: false, only: '', progress: () => {} }

function makeGroups() {
  const measured: string[] = []
  const group = (id: string, isOnce: boolean): FigureGroup<[url: string]> => ({
    figures: [figure(`${id}a`), figure(`${id}b`)],
    async measure(url) {
      measured.push(`${id} at ${url}`)
      return new Map([
        [`${id}a`, measured.length],
        [`${id}b`, 0],
      ])
    },
    isOnce,
  })
  return { measured, groups: [group('x.1', false), group('x.2', true)] }
}

it('measures every group in each round, side by side, and what is enough once in the first', async () => {
  const { groups, measured } = makeGroups()
  const figures = await measureGroups(groups, session, 'here')
  expect(measured).toEqual(['x.1 at here', 'x.2 at here', 'x.1 at here', 'x.1 at here'])
  expect(figures.map(({ id, runs }) => [id, runs])).toEqual([
    ['x.1a', [1, 3, 4]],
    ['x.1b', [0, 0, 0]],
    ['x.2a', [2]],
    ['x.2b', [0]],
  ])
})

it('measures no group, and shows no figure, that was not asked for', async () => {
  const { groups, measured } = makeGroups()
  const figures = await measureGroups(groups, { ...session, only: 'x.2b' }, 'here')
  expect(measured).toEqual(['x.2 at here'])
  expect(figures.map(({ id }) => id)).toEqual(['x.2b'])
})
