import type { Actor } from './actor.ts'
import type { Answer } from './call.ts'
import type { Stage } from './stage.ts'

/**
 * Lets one call of each core see the coupon before either has its effect: both come to the locked counter, or
 * past it, and then it is let go.
 */
export async function collide(
  stage: Stage,
  act: (actor: Actor, index: number) => Promise<Answer>,
  callsOfEach = 1,
): Promise<readonly Answer[]> {
  const hold = await stage.holdCounter()
  const answers = Array.from({ length: 2 * callsOfEach }, (_, index) =>
    act(index % 2 === 0 ? stage.one : stage.two, index),
  )
  await stage.untilStuck()
  await hold.release()
  return Promise.all(answers)
}
