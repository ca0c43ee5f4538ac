import type { Answer } from './call.ts'

/** The id of the unit that a driver needs to have got. */
export function takenUnit(answer: Answer): string {
  if (answer.outcome === 'granted') return answer.redemptionId
  throw new Error(`no unit was taken: ${JSON.stringify(answer)}`)
}
