import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { describeVisits, isConvincing } from '../race-museum/describe-visits.ts'
import { EXHIBITS } from '../race-museum/exhibits/index.ts'
import { LAYERS } from '../race-museum/layers/index.ts'
import { openMuseum, type Visit } from '../race-museum/visit.ts'

let visit: Awaited<ReturnType<typeof openMuseum>>
const visits: Visit[] = []

beforeAll(async () => {
  visit = await openMuseum(() => createTestDatabase(inject('postgresUrl')))
})

describe('a core with exactly this fault is caught, and the core without it is not:', () => {
  it.each(EXHIBITS.map((exhibit) => [exhibit.race, exhibit] as const))(
    '%s',
    async (_race, exhibit) => {
      const shown = await visit(exhibit)
      visits.push(shown)
      expect(shown.accusations).toEqual([])
      expect(shown.caughtBy).toEqual(exhibit.caughtBy)
    },
  )
})

describe('the museum', () => {
  it('has the fourteen races', () => {
    expect(EXHIBITS).toHaveLength(14)
  })

  it.each(LAYERS)('has a race that %s catches', (layer) => {
    expect(EXHIBITS.some(({ caughtBy }) => caughtBy.includes(layer))).toBe(true)
  })

  it('shows a table, and fails when a fault is not caught or the core is accused', () => {
    expect(isConvincing(visits)).toBe(true)
    const [first, ...others] = visits
    if (first === undefined) throw new Error('no exhibit was shown')
    const escaped = [{ ...first, caughtBy: [] }, ...others]
    expect(isConvincing(escaped)).toBe(false)
    expect(describeVisits(escaped)).toContain(`NOT CAUGHT: ${first.exhibit.race}`)
    const accused = [{ ...first, accusations: [{ rule: 'a rule', found: 'a break' }] }, ...others]
    expect(isConvincing(accused)).toBe(false)
    expect(describeVisits(accused)).toContain(`ACCUSED under "${first.exhibit.race}": a rule`)
  })
})
