import type { FastifyReply } from 'fastify'

export interface AnswerEnd {
  /** False: the caller went away before he had all of it. */
  readonly isWhole: boolean
}

/** Calls back once, when an answer was written or can no longer be. Fastify's `onResponse` knows the first only. */
export function whenAnswered({ raw }: FastifyReply, end: (answer: AnswerEnd) => void): void {
  const finish = () => {
    raw.off('finish', finish).off('close', finish)
    end({ isWhole: raw.writableFinished })
  }
  raw.once('finish', finish).once('close', finish)
}
