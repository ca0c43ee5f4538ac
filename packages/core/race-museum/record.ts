import { parseArgs } from 'node:util'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import { EXHIBITS } from './exhibits/index.ts'
import { recordShow } from './recorded-show.ts'

// `node packages/core/race-museum/record.ts --times 20`: every race with its fault and without it, so many times, and
// of each show one line of JSON on stdout, for a judge that does not know the core. `--server-url` takes a PostgreSQL
// that runs already.

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'server-url': { type: 'string' },
  },
})
const times = Number(values.times)
if (!(Number.isInteger(times) && times >= 1)) {
  throw new RangeError(`--times must be an integer from 1, got ${values.times}`)
}
const exhibits = EXHIBITS.filter(({ race }) => race.includes(values.only))
if (exhibits.length === 0) {
  throw new RangeError(`--only must be part of a race's name, got ${values.only}`)
}

const server = values['server-url'] === undefined ? await startPostgres() : undefined
const serverUrl = values['server-url'] ?? server?.url ?? ''
try {
  const ofCore = await createTestDatabase(serverUrl)
  for (const exhibit of exhibits) {
    const ofVariant = await createTestDatabase(serverUrl)
    for (let round = 1; round <= times; round += 1) {
      for (const [isFaulty, url] of [
        [true, ofVariant],
        [false, ofCore],
      ] as const) {
        process.stdout.write(
          `${JSON.stringify(await recordShow(exhibit, { url, isFaulty, round }))}\n`,
        )
      }
    }
  }
} finally {
  await server?.stop()
}
