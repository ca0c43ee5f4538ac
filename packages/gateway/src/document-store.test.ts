import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createDocumentStore } from './document-store.ts'

it('a document that is kept is found, and one that was deleted is not', async () => {
  const store = createDocumentStore()
  const document = parse('{ a }')
  await store.set('key', document)
  expect(await store.get('key')).toBe(document)
  await store.delete('key')
  expect(await store.get('key')).toBe(undefined)
})

it('a flood of documents pushes out those that were asked for longest ago, and takes no more memory', async () => {
  const store = createDocumentStore()
  // 20,000 characters each, of which 512 Ki are kept.
  const make = (n: number) => parse(`{ a${n} }${' '.repeat(20_000)}`)
  for (let n = 0; n < 100; n += 1) {
    await store.set(`key ${n}`, make(n))
    await store.get('key 0')
  }
  const kept = await Promise.all(Array.from({ length: 100 }, (_, n) => store.get(`key ${n}`)))
  expect(kept.filter((it) => it !== undefined)).toHaveLength(26)
  expect(kept[0]).toBeDefined()
  expect(kept[99]).toBeDefined()
  expect(kept[50]).toBe(undefined)
})
