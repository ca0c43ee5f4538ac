import { expect, it } from 'vitest'
import { stopLastFirst } from './stop-last-first.ts'

it('a second stop ran in the order of the start, and runs in the same order as the first', async () => {
  const stopped: string[] = []
  const services = ['api', 'gateway'].map((name) => ({
    async stop() {
      stopped.push(name)
    },
  }))
  await stopLastFirst(services)
  await stopLastFirst(services)
  expect(stopped).toEqual(['gateway', 'api', 'gateway', 'api'])
})
