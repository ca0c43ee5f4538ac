import type { Figure, Session } from './run-benchmark.ts'

/** Figures that are measured together, and what measures them. */
export interface FigureGroup<Parts extends readonly unknown[] = []> {
  readonly figures: readonly Omit<Figure, 'runs'>[]
  /** Measures one round. @returns values by the ids of the figures */
  readonly measure: (...given: [...Parts, session: Session]) => Promise<ReadonlyMap<string, number>>
  /** In the first round alone: what counts faults, or is a course of time, gains nothing by being repeated. */
  readonly isOnce?: boolean
}

/**
 * Measures the groups that the session asks for, one after the other in each round.
 * @param parts what every `measure` is given besides the session, such as the URL of a server
 */
export async function measureGroups<Parts extends readonly unknown[]>(
  groups: readonly FigureGroup<Parts>[],
  session: Session,
  ...parts: Parts
): Promise<Figure[]> {
  const isWanted = ({ id }: Omit<Figure, 'runs'>) => id.startsWith(session.only)
  const runs = new Map<string, number[]>()
  for (let round = 1; round <= session.rounds; round += 1) {
    session.progress(`round ${round} of ${session.rounds}`)
    for (const { figures, measure, isOnce } of groups) {
      if ((isOnce && round > 1) || !figures.some(isWanted)) continue
      for (const [id, value] of await measure(...parts, session)) {
        runs.set(id, [...(runs.get(id) ?? []), value])
      }
    }
  }
  return groups
    .flatMap(({ figures }) => figures)
    .flatMap((figure) => {
      const values = runs.get(figure.id)
      return values !== undefined && isWanted(figure) ? [{ ...figure, runs: values }] : []
    })
}
