import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Batcher, type BatcherOptions, createBatcher, type Refused } from '../src/batcher.ts'

interface Item {
  readonly name: string
  readonly lane: string
  readonly key: string | null
}

interface Flush {
  readonly names: readonly string[]
  /** Ends it with one verdict for each item, or with those given. */
  answer(verdicts?: readonly string[]): Promise<void>
  fail(error: Error): Promise<void>
}

class OutcomeUnknown extends Error {}

const verdictOf = (name: string) => `verdict of ${name}`
const refused = { outcome: 'overloaded', retryAfterMs: expect.any(Number) }

/** A batcher whose flushes end when the test says so, by a clock that goes on when the test says so. */
function createSubject({
  lanes = 1,
  maxBatch = 100,
  maxQueued = 100,
  ...options
}: Partial<
  Pick<BatcherOptions<Item, string>, 'lanes' | 'maxBatch' | 'maxQueued' | 'defer' | 'gather'>
> = {}) {
  let time = 1_000
  const flushes: Flush[] = []
  const inFlight: Flush[] = []
  const batcher: Batcher<Item, string> = createBatcher({
    flush(items) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
      const names = items.map(({ name }) => name)
      const end = (act: () => void) => {
        inFlight.splice(inFlight.indexOf(flush), 1)
        act()
        return nextTurn()
      }
      const flush: Flush = {
        names,
        answer: (verdicts = names.map(verdictOf)) => end(() => resolve(verdicts)),
        fail: (error) => end(() => reject(error)),
      }
      flushes.push(flush)
      inFlight.push(flush)
      return promise
    },
    laneOf: ({ lane }) => lane,
    keyOf: ({ key }) => key,
    isOutcomeUnknown: (error) => error instanceof OutcomeUnknown,
    lanes,
    maxBatch,
    maxQueued,
    now: () => time,
    ...options,
  })

  return {
    /** Submits items of no key in one turn of the event loop, and answers with their promises when they are queued. */
    async submit(...names: string[]): Promise<Answers> {
      const answers = names.map((name) => this.submitItem({ name }))
      await nextTurn()
      return answers
    },
    submitItem({
      name,
      lane = 'lane',
      key = null,
      waitMs = Number.POSITIVE_INFINITY,
    }: Partial<Item> & { name: string; waitMs?: number }): Promise<string | Refused> {
      const answer = batcher.submit({ name, lane, key }, time + waitMs)
      // A test may look at a rejection later than the turn in which it comes.
      answer.catch(() => {})
      return answer
    },
    advance(ms: number) {
      time += ms
    },
    flushes,
    /** The names of every flush so far, in the order in which they began. */
    flushed: () => flushes.map(({ names }) => names),
    inFlight,
    /** The flush that is in flight, where there must be exactly one. */
    flush(): Flush {
      expect(inFlight).toHaveLength(1)
      return inFlight[0] as Flush
    },
  }
}

type Answers = readonly Promise<string | Refused>[]

const outcomes = async (answers: Answers) =>
  (await Promise.allSettled(answers)).map((it) =>
    it.status === 'fulfilled' ? it.value : (it.reason as Error).message,
  )

describe('what arrives while a flush is in flight', () => {
  it('an item that finds the batcher idle is flushed at once and alone', async () => {
    const subject = createSubject()
    const answers = await subject.submit('a')
    expect(subject.flushed()).toEqual([['a']])
    await subject.flush().answer()
    expect(await outcomes(answers)).toEqual([verdictOf('a')])
    await subject.submit('b')
    expect(subject.flushed()).toEqual([['a'], ['b']])
  })

  it('items of one turn of the event loop are flushed together', async () => {
    const subject = createSubject()
    await subject.submit('a', 'b', 'c')
    expect(subject.flushed()).toEqual([['a', 'b', 'c']])
  })

  it('waits for its end, and then goes together in the order of arrival', async () => {
    const subject = createSubject()
    const answers: Promise<string | Refused>[] = []
    for (const name of ['a', 'd', 'c', 'b']) answers.push(...(await subject.submit(name)))
    expect(subject.flushed()).toEqual([['a']])
    await subject.flush().answer()
    expect(subject.flushed()).toEqual([['a'], ['d', 'c', 'b']])
    await subject.flush().answer()
    expect(await outcomes(answers)).toEqual(['a', 'd', 'c', 'b'].map(verdictOf))
  })

  it('is never in flight with another flush of its lane', async () => {
    const subject = createSubject({ maxBatch: 2 })
    const answers = await subject.submit('a', 'b', 'c', 'd', 'e')
    for (const names of [['a', 'b'], ['c', 'd'], ['e']]) {
      expect(subject.flush().names).toEqual(names)
      await subject.flush().answer()
    }
    expect(await outcomes(answers)).toEqual(['a', 'b', 'c', 'd', 'e'].map(verdictOf))
  })

  it('goes in batches of at most maxBatch', async () => {
    const subject = createSubject({ maxBatch: 3 })
    await subject.submit('a')
    await subject.submit('b', 'c', 'd', 'e')
    await subject.flush().answer()
    await subject.flush().answer()
    expect(subject.flushed()).toEqual([['a'], ['b', 'c', 'd'], ['e']])
  })

  it('does not wait for the flush of another lane', async () => {
    const subject = createSubject({ lanes: 2 })
    // FNV-1a tells texts that differ in the last bit of their only character apart by it.
    const even = subject.submitItem({ name: 'a', lane: '0' })
    const odd = subject.submitItem({ name: 'b', lane: '1' })
    await nextTurn()
    expect(subject.flushed()).toEqual([['a'], ['b']])
    await subject.flushes[1]?.answer()
    expect(await odd).toBe(verdictOf('b'))
    await subject.flush().answer()
    expect(await even).toBe(verdictOf('a'))
  })

  it('is in the lane of its coupon, however many lanes there are', async () => {
    const subject = createSubject({ lanes: 8 })
    subject.submitItem({ name: 'a', lane: 'coupon' })
    await nextTurn()
    subject.submitItem({ name: 'b', lane: 'coupon' })
    await nextTurn()
    expect(subject.flushed()).toEqual([['a']])
  })
})

describe('verdicts', () => {
  it('are told after the next flush has begun, so that the database does not wait for the callers', async () => {
    const subject = createSubject()
    const told: string[] = []
    const [first] = await subject.submit('a')
    first?.then(() => told.push(`a, with ${subject.flushed().length} flushes begun`))
    await subject.submit('b')
    await subject.flush().answer()
    expect(told).toEqual(['a, with 2 flushes begun'])
  })

  it('are told at once where nothing waits to be flushed', async () => {
    const deferred: (() => void)[] = []
    const subject = createSubject({ defer: (work) => deferred.push(work) })
    const answers = await subject.submit('a')
    await subject.flush().answer()
    expect(await outcomes(answers)).toEqual([verdictOf('a')])
    expect(deferred).toEqual([])
  })
})

describe('over a database that keeps the event loop to itself', () => {
  it('what has come by the time that it lets go is one batch, the first one too', async () => {
    const looks: (() => void)[] = []
    const subject = createSubject({
      gather: () => new Promise((resolve) => looks.push(resolve)),
    })
    const look = async () => {
      looks.shift()?.()
      await nextTurn()
    }
    await subject.submit('a')
    await subject.submit('b')
    expect(subject.flushed()).toEqual([])
    await look()
    // It flushes without a wait, and meanwhile nothing could come in.
    await subject.flush().answer()
    await subject.submit('c')
    await subject.submit('d', 'e')
    await look()
    expect(subject.flushed()).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
  })
})

describe('an item that finds the queue full', () => {
  it('is told to come back, is not flushed, and leaves those in the queue alone', async () => {
    const subject = createSubject({ maxQueued: 2 })
    const answers = [...(await subject.submit('a')), ...(await subject.submit('b', 'c', 'd'))]
    expect(await answers[3]).toEqual(refused)
    await subject.flush().answer()
    await subject.flush().answer()
    expect(await outcomes(answers.slice(0, 3))).toEqual(['a', 'b', 'c'].map(verdictOf))
    expect(subject.flushed()).toEqual([['a'], ['b', 'c']])
  })

  it('is told a wait above zero, even before the first flush has ended', async () => {
    const subject = createSubject({ maxQueued: 0 })
    const [answer] = await subject.submit('a')
    expect((await answer) as Refused).toMatchObject({
      retryAfterMs: expect.toSatisfy((ms) => ms > 0),
    })
    expect(subject.flushed()).toEqual([])
  })

  it('is told to wait for the flushes ahead of it, at the pace of the last one', async () => {
    const subject = createSubject({ maxBatch: 2, maxQueued: 4 })
    await subject.submit('a')
    subject.advance(300)
    await subject.flush().answer()
    await subject.submit('b')
    await subject.submit('c', 'd', 'e', 'f')
    const [answer] = await subject.submit('g')
    // The one in flight and the two that the four queued ones need.
    expect(await answer).toEqual({ outcome: 'overloaded', retryAfterMs: 900 })
  })

  it('is flushed when it comes back after the queue has moved on', async () => {
    const subject = createSubject({ maxQueued: 1 })
    await subject.submit('a')
    const [, late] = await subject.submit('b', 'c')
    expect(await late).toEqual(refused)
    await subject.flush().answer()
    await subject.submit('c')
    await subject.flush().answer()
    expect(subject.flushed()).toEqual([['a'], ['b'], ['c']])
  })
})

describe('an item whose deadline passes', () => {
  it('while it waits for a flush is told to come back, and is never flushed', async () => {
    const subject = createSubject()
    await subject.submit('a')
    const hasty = subject.submitItem({ name: 'b', waitMs: 10 })
    const patient = subject.submitItem({ name: 'c', waitMs: 20 })
    subject.advance(11)
    await subject.flush().answer()
    expect(await hasty).toEqual(refused)
    expect((await hasty) as Refused).toMatchObject({
      retryAfterMs: expect.toSatisfy((ms) => ms > 0),
    })
    await subject.flush().answer()
    expect(await patient).toBe(verdictOf('c'))
    expect(subject.flushed()).toEqual([['a'], ['c']])
  })

  it('with all that wait makes no flush, and the next item is flushed', async () => {
    const subject = createSubject()
    await subject.submit('a')
    const hasty = subject.submitItem({ name: 'b', waitMs: 10 })
    subject.advance(11)
    await subject.flush().answer()
    expect(await hasty).toEqual(refused)
    await subject.submit('c')
    expect(subject.flushed()).toEqual([['a'], ['c']])
  })

  it('only after its flush has begun, is answered as decided', async () => {
    const subject = createSubject()
    const answer = subject.submitItem({ name: 'a', waitMs: 10 })
    await nextTurn()
    subject.advance(1_000)
    await subject.flush().answer()
    expect(await answer).toBe(verdictOf('a'))
  })

  it('is flushed at the very moment of its deadline', async () => {
    const subject = createSubject()
    await subject.submit('a')
    subject.submitItem({ name: 'b', waitMs: 10 })
    subject.advance(10)
    await subject.flush().answer()
    expect(subject.flushed()).toEqual([['a'], ['b']])
  })

  it('while its batch is halved is not flushed again', async () => {
    const subject = createSubject()
    const hasty = subject.submitItem({ name: 'a', waitMs: 10 })
    const patient = subject.submitItem({ name: 'b' })
    await nextTurn()
    subject.advance(11)
    await subject.flush().fail(new Error('no effect'))
    await subject.flush().answer()
    expect(await hasty).toEqual(refused)
    expect(await patient).toBe(verdictOf('b'))
    expect(subject.flushed()).toEqual([['a', 'b'], ['b']])
  })

  it('while it waits for the first with its key is never flushed', async () => {
    const subject = createSubject()
    subject.submitItem({ name: 'first', key: 'key' })
    const repeat = subject.submitItem({ name: 'repeat', key: 'key', waitMs: 10 })
    await nextTurn()
    subject.advance(11)
    await subject.flush().answer()
    expect(await repeat).toEqual(refused)
    expect(subject.flushed()).toEqual([['first']])
  })
})

describe('a flush that failed without effect', () => {
  /** Lets flushes with a poisoned item fail, and all others pass, until none is in flight. */
  async function poison(subject: ReturnType<typeof createSubject>, names: readonly string[]) {
    for (let flush = subject.inFlight[0]; flush !== undefined; flush = subject.inFlight[0]) {
      const poisoned = flush.names.filter((name) => names.includes(name))
      if (poisoned.length === 0) await flush.answer()
      else await flush.fail(new Error(`poisoned by ${poisoned.join()}`))
    }
  }

  it('is halved, in order, until the bad item fails alone', async () => {
    const subject = createSubject()
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const answers = await subject.submit(...names)
    await poison(subject, ['f'])
    expect(await outcomes(answers)).toEqual(
      names.map((name) => (name === 'f' ? 'poisoned by f' : verdictOf(name))),
    )
    // 1 + 2 · log2(8) flushes.
    expect(subject.flushed()).toEqual([
      names,
      ['a', 'b', 'c', 'd'],
      ['e', 'f', 'g', 'h'],
      ['e', 'f'],
      ['e'],
      ['f'],
      ['g', 'h'],
    ])
  })

  it('fails each of several bad items with its own error', async () => {
    const subject = createSubject()
    const answers = await subject.submit('a', 'b', 'c', 'd', 'e')
    await poison(subject, ['a', 'b', 'e'])
    expect(await outcomes(answers)).toEqual([
      'poisoned by a',
      'poisoned by b',
      verdictOf('c'),
      verdictOf('d'),
      'poisoned by e',
    ])
  })

  it('of one item fails it, and is not tried again', async () => {
    const subject = createSubject()
    const answers = await subject.submit('a')
    await poison(subject, ['a'])
    expect(await outcomes(answers)).toEqual(['poisoned by a'])
    expect(subject.flushed()).toEqual([['a']])
  })

  it('holds up what arrived meanwhile until the last half has ended, and no longer', async () => {
    const subject = createSubject()
    await subject.submit('a', 'b')
    await subject.submit('c')
    await poison(subject, ['a'])
    expect(subject.flushed()).toEqual([['a', 'b'], ['a'], ['b'], ['c']])
  })

  it('may as well throw before it gives a promise', async () => {
    const batcher = createBatcher<string, string>({
      flush() {
        throw new Error('thrown at once')
      },
      laneOf: () => '',
      keyOf: () => null,
      isOutcomeUnknown: () => false,
      lanes: 1,
      maxBatch: 10,
      maxQueued: 10,
      now: () => 0,
    })
    await expect(batcher.submit('a', 0)).rejects.toThrow('thrown at once')
    await expect(batcher.submit('b', 0)).rejects.toThrow('thrown at once')
  })
})

describe('a flush whose outcome is not known', () => {
  it('fails every item with its error, and none is flushed again', async () => {
    const subject = createSubject()
    const answers = await subject.submit('a', 'b', 'c')
    await subject.flush().fail(new OutcomeUnknown('connection lost'))
    expect(await outcomes(answers)).toEqual(Array(3).fill('connection lost'))
    await subject.submit('d')
    expect(subject.flushed()).toEqual([['a', 'b', 'c'], ['d']])
  })

  it('of one half leaves the other half alone', async () => {
    const subject = createSubject()
    const answers = await subject.submit('a', 'b', 'c', 'd')
    await subject.flush().fail(new Error('no effect'))
    await subject.flush().fail(new OutcomeUnknown('connection lost'))
    await subject.flush().answer()
    expect(await outcomes(answers)).toEqual([
      'connection lost',
      'connection lost',
      verdictOf('c'),
      verdictOf('d'),
    ])
    expect(subject.flushed()).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it.each([
    ['too few', ['x', 'y'], 'a flush of 3 items gave 2 verdicts'],
    ['too many', ['x', 'y', 'z', '!'], 'a flush of 3 items gave 4 verdicts'],
    ['no', [], 'a flush of 3 items gave 0 verdicts'],
  ])(
    'because it answered with %s verdicts fails every item, and had its effect: none is flushed twice',
    async (_count, verdicts, message) => {
      const subject = createSubject()
      const answers = await subject.submit('a', 'b', 'c')
      await subject.flush().answer(verdicts)
      expect(await outcomes(answers)).toEqual(Array(3).fill(message))
      await subject.submit('d')
      expect(subject.flushed()).toEqual([['a', 'b', 'c'], ['d']])
    },
  )
})

describe('a repeat of a key', () => {
  it('waits for the first while others pass it, and is then decided by itself', async () => {
    const subject = createSubject()
    const first = subject.submitItem({ name: 'first', key: 'key' })
    const repeat = subject.submitItem({ name: 'repeat', key: 'key' })
    const other = subject.submitItem({ name: 'other', key: 'other key' })
    await nextTurn()
    expect(subject.flushed()).toEqual([['first', 'other']])
    await subject.flush().answer()
    expect(await outcomes([first, other])).toEqual(['first', 'other'].map(verdictOf))
    expect(subject.flushed()).toEqual([['first', 'other'], ['repeat']])
    await subject.flush().answer()
    expect(await repeat).toBe(verdictOf('repeat'))
  })

  it.each([
    ['without effect', new Error('no effect')],
    ['with an unknown outcome', new OutcomeUnknown('connection lost')],
  ])('is decided by itself after the first has failed %s', async (_how, error) => {
    const subject = createSubject()
    const first = subject.submitItem({ name: 'first', key: 'key' })
    const repeat = subject.submitItem({ name: 'repeat', key: 'key' })
    await nextTurn()
    await subject.flush().fail(error)
    await subject.flush().answer()
    expect(await outcomes([first, repeat])).toEqual([error.message, verdictOf('repeat')])
  })

  it('is decided by itself after the first has found the queue full', async () => {
    const subject = createSubject({ maxQueued: 1 })
    await subject.submit('a')
    await subject.submit('b')
    const first = subject.submitItem({ name: 'first', key: 'key' })
    const repeat = subject.submitItem({ name: 'repeat', key: 'key' })
    expect(await first).toEqual(refused)
    expect(await repeat).toEqual(refused)
  })

  it('waits for every one before it, in the order of arrival', async () => {
    const subject = createSubject()
    const names = ['first', 'second', 'third']
    const answers = names.map((name) => subject.submitItem({ name, key: 'key' }))
    await nextTurn()
    for (const name of names) {
      expect(subject.flush().names).toEqual([name])
      await subject.flush().answer()
    }
    expect(await outcomes(answers)).toEqual(names.map(verdictOf))
  })

  it('waits for the first in another lane', async () => {
    const subject = createSubject({ lanes: 2 })
    subject.submitItem({ name: 'first', key: 'key', lane: '0' })
    subject.submitItem({ name: 'repeat', key: 'key', lane: '1' })
    await nextTurn()
    expect(subject.flushed()).toEqual([['first']])
    await subject.flush().answer()
    expect(subject.flushed()).toEqual([['first'], ['repeat']])
  })

  it('waits for nobody after the first was answered', async () => {
    const subject = createSubject()
    subject.submitItem({ name: 'first', key: 'key' })
    await nextTurn()
    await subject.flush().answer()
    subject.submitItem({ name: 'repeat', key: 'key' })
    await nextTurn()
    expect(subject.flush().names).toEqual(['repeat'])
  })

  it('is no repeat where the key is null', async () => {
    const subject = createSubject()
    await subject.submit('a', 'b')
    expect(subject.flushed()).toEqual([['a', 'b']])
  })
})

describe('whatever happens,', () => {
  type End = 'answered' | 'failed' | 'unknown' | 'miscounted'
  const steps = fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('submit' as const),
          lane: fc.constantFrom('a', 'b', 'c'),
          key: fc.option(fc.constantFrom('one', 'two', 'three'), { freq: 2 }),
          isPoison: fc.nat(9).map((n) => n === 0),
          waitMs: fc.integer({ min: 0, max: 300 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('end flush' as const),
          which: fc.nat(),
          how: fc.constantFrom<End>('answered', 'failed', 'unknown', 'miscounted'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(100) }) },
    ),
    { maxLength: 60 },
  )
  const sizes = fc.record({
    lanes: fc.integer({ min: 1, max: 3 }),
    maxBatch: fc.integer({ min: 1, max: 6 }),
    maxQueued: fc.integer({ min: 0, max: 8 }),
  })

  it('no item is lost, answered with the verdict of another, or flushed after its end', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, steps, async (size, plan) => {
        const subject = createSubject(size)
        const items = new Map<string, Pick<Item, 'key'> & { answer: Promise<string | Refused> }>()
        const poisoned = new Set<string>()
        /** How the last flush of an item ended. */
        const ends = new Map<string, End>()

        async function end(which: number, how: End) {
          await checkNewFlushes()
          const flush = subject.inFlight[which % subject.inFlight.length]
          if (flush === undefined) return
          const isPoisoned = flush.names.some((name) => poisoned.has(name))
          const ended = how === 'answered' && isPoisoned ? 'failed' : how
          for (const name of flush.names) ends.set(name, ended)
          if (ended === 'answered') await flush.answer()
          if (ended === 'failed') await flush.fail(new Error('failed'))
          if (ended === 'unknown') await flush.fail(new OutcomeUnknown('unknown'))
          if (ended === 'miscounted') await flush.answer([...flush.names, 'one too many'])
        }

        let checked = 0
        async function checkNewFlushes() {
          await nextTurn()
          for (const { names } of subject.flushes.slice(checked)) {
            expect(names.length).toBeLessThanOrEqual(size.maxBatch)
            // Only a flush without effect is followed by another one.
            for (const name of names) expect(ends.get(name) ?? 'failed').toBe('failed')
          }
          checked = subject.flushes.length
          const flying = subject.inFlight.flatMap(({ names }) => names)
          expect(new Set(flying).size).toBe(flying.length)
          const keys = flying.flatMap((name) => items.get(name)?.key ?? [])
          expect(new Set(keys).size).toBe(keys.length)
          expect(subject.inFlight.length).toBeLessThanOrEqual(size.lanes)
        }

        for (const [index, step] of plan.entries()) {
          switch (step.do) {
            case 'submit': {
              const { lane, key, isPoison, waitMs } = step
              const name = `item-${index}`
              if (isPoison) poisoned.add(name)
              items.set(name, { key, answer: subject.submitItem({ name, lane, key, waitMs }) })
              if (index % 3 === 0) await checkNewFlushes()
              break
            }
            case 'end flush':
              await end(step.which, step.how)
              break
            case 'wait':
              subject.advance(step.ms)
          }
        }
        await checkNewFlushes()
        while (subject.inFlight.length > 0) await end(0, 'answered')

        for (const [name, { answer }] of items) {
          const outcome = await Promise.race([
            outcomes([answer]).then(([it]) => it),
            nextTurn('pending'),
          ])
          const flushCount = subject.flushed().filter((names) => names.includes(name)).length
          switch (ends.get(name)) {
            case undefined:
              expect([outcome, flushCount]).toEqual([refused, 0])
              break
            case 'answered':
              expect(outcome).toBe(verdictOf(name))
              break
            case 'unknown':
              expect(outcome).toBe('unknown')
              break
            case 'miscounted':
              expect(outcome).toMatch('verdicts')
              break
            case 'failed':
              // Its deadline may have passed while its batch was halved.
              expect(outcome).toBeOneOf(['failed', refused])
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('items of one lane and no key are decided in the order of their arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), ends: fc.boolean() })),
        fc.array(fc.boolean()),
        async (size, plan, failures) => {
          const subject = createSubject({ ...size, maxQueued: 1_000 })
          const decided: string[] = []
          let ended = 0
          const end = async () => {
            const flush = subject.inFlight[0]
            if (flush === undefined) return
            ended += 1
            if (failures[ended - 1] === true) return await flush.fail(new Error('failed'))
            decided.push(...flush.names)
            await flush.answer()
          }
          const lanes = new Map<string, string>()
          for (const [index, { lane, ends }] of plan.entries()) {
            subject.submitItem({ name: `${index}`, lane })
            lanes.set(`${index}`, lane)
            await nextTurn()
            if (ends) await end()
          }
          while (subject.inFlight.length > 0) await end()
          for (const lane of ['a', 'b', 'c']) {
            const order = decided.filter((name) => lanes.get(name) === lane).map(Number)
            expect(order).toEqual(order.toSorted((a, b) => a - b))
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
