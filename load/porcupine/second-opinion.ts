import type { HistoryEntry, Plan } from '../plan.ts'
import { judgeOptionsOf } from '../verifier/check-order.ts'
import type { Difference } from '../verifier/difference.ts'
import { toldOperations } from '../verifier/told-operations.ts'
import { askPorcupine, GoMissingError, type PorcupineVerdict } from './ask-porcupine.ts'
import { type Sample, takeSample } from './sample.ts'

/** What came of asking another checker. */
export type SecondOpinion =
  /** `undecided`: it did not come to an end in its time. Nobody is right by that, and nobody wrong. */
  | { readonly asked: true; readonly agreeing: number; readonly undecided: number }
  /** It could not be asked; the reason is for people. */
  | { readonly asked: false; readonly why: string }

/** Samples of a run. A second opinion on some is one on the checker, and a run may have thousands of coupons. */
const MOST_SAMPLES = 50

export const AGREES = 'Porcupine says the same'

/**
 * Has samples of a run judged by Porcupine too, which shares no code with our judge: any disagreement is a difference,
 * and one of the two is wrong. Without Go there is no second opinion, which on CI is a difference, too.
 *
 * @param isRequired a second opinion must be had
 */
export async function askForSecondOpinion(
  plan: Plan,
  history: readonly HistoryEntry[],
  { isRequired, signal }: { readonly isRequired: boolean; readonly signal: AbortSignal },
): Promise<{ readonly opinion: SecondOpinion; readonly differences: readonly Difference[] }> {
  const samples = takeSamples(plan, history)
  try {
    const theirs = await askPorcupine(samples, signal)
    const undecided = theirs.filter((verdict) => verdict === 'Unknown').length
    const differences = findDisagreements(samples, theirs)
    const agreeing = samples.length - undecided - differences.length
    return { opinion: { asked: true, agreeing, undecided }, differences }
  } catch (error) {
    if (!(error instanceof GoMissingError)) throw error
    const difference = { coupon: 'all', rule: AGREES, found: error.message }
    return {
      opinion: { asked: false, why: error.message },
      differences: isRequired ? [difference] : [],
    }
  }
}

export function findDisagreements(
  samples: readonly Sample[],
  theirs: readonly PorcupineVerdict[],
): readonly Difference[] {
  return samples.flatMap(({ name, ours, operations }, index): Difference[] => {
    const verdict = theirs[index]
    if (verdict === 'Unknown' || ours === 'UNDECIDED') return []
    if ((verdict === 'Ok') === (ours === 'RIGHT')) return []
    const found = `of ${operations.length} operations, the judge says ${ours} and Porcupine ${verdict}`
    return [{ coupon: name, rule: AGREES, found }]
  })
}

/** Of the coupons with a part that is short enough, spread over all of them. */
function takeSamples(plan: Plan, history: readonly HistoryEntry[]): readonly Sample[] {
  const planned = new Map(plan.coupons.map((coupon) => [coupon.code, coupon]))
  const known = [...Map.groupBy(history, ({ coupon }) => coupon)].filter(([, told]) =>
    told.every(({ outcome: { kind } }) => kind !== 'unsettled' && kind !== 'unexpected'),
  )
  const step = Math.max(1, known.length / MOST_SAMPLES)
  const chosen = known.filter(
    (_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step),
  )
  return chosen.flatMap(([code, told]) => {
    const { operations } = toldOperations(told)
    return takeSample(code, operations, judgeOptionsOf(planned.get(code), told)) ?? []
  })
}
