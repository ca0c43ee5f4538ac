/** Counts the calls of each of many subjects that are not answered yet. There are no more subjects than calls. */
export interface CallsUnderWay {
  count(subject: string): number
  begin(subject: string): void
  end(subject: string): void
}

export function createCallsUnderWay(): CallsUnderWay {
  const counts = new Map<string, number>()
  return {
    count: (subject) => counts.get(subject) ?? 0,
    begin(subject) {
      counts.set(subject, (counts.get(subject) ?? 0) + 1)
    },
    end(subject) {
      const left = (counts.get(subject) ?? 0) - 1
      if (left > 0) counts.set(subject, left)
      else counts.delete(subject)
    },
  }
}
