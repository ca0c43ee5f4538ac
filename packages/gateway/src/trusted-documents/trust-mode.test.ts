import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { createJudgeOfOthers, type TrustMode } from './trust-mode.ts'

const query = '{ validateCoupon(code: "SECRETCODE") { valid } }'

function judge(mode: TrustMode, members: object) {
  const info = vi.fn()
  const request = { log: { info }, caller: { id: 'shop' } } as unknown as FastifyRequest
  return { judged: createJudgeOfOthers(mode)(request, members), logged: info.mock.calls }
}

describe('a document that is not trusted', () => {
  it('is answered without a word when off', () => {
    expect(judge('off', { query })).toEqual({ judged: { kind: 'other' }, logged: [] })
  })

  it('is answered and logged by its hash when log, since its text may hold codes', () => {
    const { judged, logged } = judge('log', { query })
    expect(judged).toEqual({ kind: 'other' })
    const sha256 = createHash('sha256').update(query).digest('hex')
    expect(logged).toEqual([[{ sha256, caller: 'shop', mode: 'log' }, expect.any(String)]])
    expect(JSON.stringify(logged)).not.toContain('SECRETCODE')
  })

  it('is refused and logged when enforce', () => {
    const { judged, logged } = judge('enforce', { query })
    expect(judged).toMatchObject({ kind: 'refused', status: 403, code: 'QUERY_NOT_IN_SAFELIST' })
    expect(logged).toHaveLength(1)
  })
})

it.each([{}, { query: '' }, { query: 5 }])(
  '%j is no document, which Apollo Server says',
  (members) => {
    expect(judge('enforce', members)).toEqual({ judged: { kind: 'other' }, logged: [] })
  },
)
