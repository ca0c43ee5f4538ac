import { expect, it } from 'vitest'
import { tallyProfile } from './tally-profile.ts'

const frame = (functionName: string, url = '') => ({ callFrame: { functionName, url } })

it('gives what Node does to the package that has it done, and leaves out idle time and other spans', () => {
  const profile = {
    startTime: 0,
    nodes: [
      { id: 1, ...frame('(root)'), children: [2, 3, 6, 7] },
      { id: 2, ...frame('(idle)') },
      { id: 3, ...frame('handler', 'file:///repo/packages/gateway/src/a.ts'), children: [4] },
      {
        id: 4,
        ...frame('send', 'file:///repo/node_modules/.pnpm/fastify@5/node_modules/fastify/reply.js'),
        children: [5],
      },
      { id: 5, ...frame('writev', 'node:net') },
      { id: 6, ...frame('(garbage collector)') },
      { id: 7, ...frame('onStreamRead', 'node:internal/stream_base_commons') },
    ],
    samples: [3, 2, 3, 5, 4, 6, 7, 3],
    timeDeltas: [100, 50, 10, 20, 5, 7, 3, 1_000],
  }
  expect(Object.fromEntries(tallyProfile(profile, { from: 110, to: 300 }))).toEqual({
    'packages/gateway': 10,
    fastify: 25,
    'garbage collection': 7,
    Node: 3,
  })
})
