/** A state that outlives a reload. */
export interface KeptState<State> {
  load(): State | null
  /** Whether it is kept now: a browser can forbid it, or be full. */
  save(state: State): boolean
}

/** @param version changes with the form of the state: one of another form is not taken up */
export function keepState<State>(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  name: string,
  version: number,
): KeptState<State> {
  return {
    load() {
      try {
        const kept = JSON.parse(storage.getItem(name) ?? 'null')
        return kept?.version === version ? (kept.state as State) : null
      } catch {
        return null
      }
    },
    save(state) {
      try {
        storage.setItem(name, JSON.stringify({ version, state }))
        return true
      } catch {
        return false
      }
    },
  }
}
