/** Something that a state waits for. The same `id` is the same try: it is begun once. */
export interface Due<Call> {
  readonly id: string
  /** Not before, in milliseconds since 1970. */
  readonly atMs: number
  readonly call: Call
}

/** A state machine as pure functions. */
export interface Flow<State, Event, Call> {
  /** The next state; the same object where the event has no meaning in this one. */
  advance(state: State, event: Event): State
  /** What the state waits for, if anything. */
  due(state: State): Due<Call> | null
}

export interface FlowEffects<State, Event, Call> {
  /** Keeps the state, before anything that it waits for is begun. */
  save(state: State): void
  /** Carries a call out. It must not throw: that it failed is an event. */
  perform(call: Call): Promise<Event>
  onChange(state: State): void
}

export interface RunningFlow<State, Event> {
  readonly state: State
  dispatch(event: Event): void
}

/** Runs a flow from a state, which may be one that was kept before a reload: what it waits for is begun again. */
export function runFlow<State, Event, Call>(
  flow: Flow<State, Event, Call>,
  initial: State,
  { save, perform, onChange }: FlowEffects<State, Event, Call>,
): RunningFlow<State, Event> {
  let state = initial
  let running: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function dispatch(event: Event): void {
    const next = flow.advance(state, event)
    if (next === state) return
    state = next
    save(state)
    begin()
    onChange(state)
  }

  function begin(): void {
    clearTimeout(timer)
    const due = flow.due(state)
    if (due === null || due.id === running) return
    const waitMs = due.atMs - Date.now()
    if (waitMs > 0) timer = setTimeout(begin, waitMs)
    else void run(due)
  }

  async function run({ id, call }: Due<Call>): Promise<void> {
    running = id
    const event = await perform(call)
    if (running === id) running = null
    dispatch(event)
    // An event without a meaning any more leaves the state, which may wait for something else.
    begin()
  }

  begin()
  return {
    get state() {
      return state
    },
    dispatch,
  }
}
