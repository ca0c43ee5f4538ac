import { type Database, DatabaseBusyError, StatementError } from '@coupon-gateway/database'
import type { CoreHooks } from './core-hooks.ts'
import { type CouponForDecision, type PictureQuestion, readPictures } from './coupon-row.ts'
import { keepCountOfUses } from './use-checkpoint.ts'

/**
 * Reads what decides about one living coupon, as it is at a moment after the question.
 * @throws DatabaseBusyError too many questions were waiting
 */
export type PictureReader = (question: PictureQuestion) => Promise<CouponForDecision | undefined>

interface Waiting {
  readonly question: PictureQuestion
  /** Moment after which it is not asked any more. */
  readonly deadlineMs: number
  readonly resolve: (picture: CouponForDecision | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Statements in flight at a time, each on a connection of its own: one that takes long holds up only its own questions. */
const MAX_STATEMENTS = 4
const MAX_QUESTIONS_OF_A_STATEMENT = 256
const MAX_WAITING = 4_096
const MAX_WAIT_MS = 10_000

/**
 * Asks the questions that one turn of the event loop brings in one statement: one alone costs what it always did, and of
 * a hundred each costs a fraction, in this process and in the database. Nothing waits for a timer.
 */
export function createPictureReader(database: Database, hooks: CoreHooks = {}): PictureReader {
  const waiting: Waiting[] = []
  let statements = 0
  let isScheduled = false

  function askWaiting(): void {
    isScheduled = false
    while (waiting.length > 0 && statements < MAX_STATEMENTS) {
      statements += 1
      const questions = waiting.splice(0, MAX_QUESTIONS_OF_A_STATEMENT)
      hooks.onRead?.({ size: questions.length })
      void ask(database, questions).finally(() => {
        statements -= 1
        askWaiting()
      })
    }
  }

  return function readPicture(question) {
    if (waiting.length >= MAX_WAITING) return Promise.reject(busy())
    if (!isScheduled) {
      isScheduled = true
      // After everything that has come in by now was read.
      setImmediate(askWaiting)
    }
    const deadlineMs = performance.now() + MAX_WAIT_MS
    return new Promise((resolve, reject) => {
      waiting.push({ question, deadlineMs, resolve, reject })
    })
  }
}

/** Settles all of them. A question that PostgreSQL refuses fails alone: the others are asked again without it. */
async function ask(database: Database, all: readonly Waiting[]): Promise<void> {
  const nowMs = performance.now()
  const due = all.filter(({ deadlineMs }) => nowMs <= deadlineMs)
  for (const late of all) if (nowMs > late.deadlineMs) late.reject(busy())
  if (due.length === 0) return
  try {
    const pictures = await readPictures(
      database,
      due.map(({ question }) => question),
    )
    await keepCounts(database, pictures)
    for (const [n, { resolve }] of due.entries()) resolve(pictures[n])
  } catch (error) {
    if (due.length > 1 && error instanceof StatementError) {
      const middle = due.length >> 1
      await ask(database, due.slice(0, middle))
      await ask(database, due.slice(middle))
    } else {
      for (const { reject } of due) reject(error)
    }
  }
}

/** Once for a coupon, however often it was asked about. */
async function keepCounts(
  database: Database,
  pictures: readonly (CouponForDecision | undefined)[],
): Promise<void> {
  const uncounted = new Map<string, number>()
  for (const picture of pictures) {
    if (picture !== undefined && picture.uncountedUses > 0) {
      uncounted.set(picture.coupon.id, picture.uncountedUses)
    }
  }
  await Promise.all([...uncounted].map(([id, uses]) => keepCountOfUses(database, id, uses)))
}

function busy(): DatabaseBusyError {
  return new DatabaseBusyError('too many questions wait for an answer')
}
