/** The part of V8's profile that a tally needs. @see https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Ids of the nodes that were running, and the microseconds before each of them. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
  readonly startTime: number
}

export interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** A span of the profile's time, in microseconds since it began. */
export interface ProfileSpan {
  readonly from: number
  readonly to: number
}

const IDLE = '(idle)'

/**
 * Microseconds by stage. A stage is the package of the function that ran; what Node itself did belongs to the package
 * that had it done, and what nobody had done (sockets that became readable, timers) to Node.
 */
export function tallyProfile(
  { nodes, samples, timeDeltas }: CpuProfile,
  span: ProfileSpan,
): ReadonlyMap<string, number> {
  const parents = new Map<number, number>()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const { id, children } of nodes) for (const child of children ?? []) parents.set(child, id)
  const stages = new Map<number, string>()
  const stageOf = (id: number): string => {
    let stage = stages.get(id)
    if (stage === undefined) {
      const node = byId.get(id) as ProfileNode
      const parent = parents.get(id)
      stage = ownStageOf(node) ?? (parent === undefined ? 'Node' : stageOf(parent))
      stages.set(id, stage)
    }
    return stage
  }

  const tally = new Map<string, number>()
  let at = 0
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    at += delta
    if (at < span.from || at > span.to) continue
    const stage = stageOf(id)
    if (stage !== IDLE) tally.set(stage, (tally.get(stage) ?? 0) + delta)
  }
  return tally
}

/** Undefined for what somebody else has done. */
function ownStageOf({ callFrame: { functionName, url } }: ProfileNode): string | undefined {
  if (functionName === IDLE) return IDLE
  if (functionName === '(garbage collector)') return 'garbage collection'
  // What V8 cannot see into: system calls, and the compilers' threads at their border.
  if (functionName === '(program)') return 'system calls'
  if (!url.startsWith('file:')) return undefined
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (dependency !== undefined) return dependency
  const room = /\/packages\/([^/]+)\//.exec(url)?.[1]
  return room === undefined ? undefined : `packages/${room}`
}
