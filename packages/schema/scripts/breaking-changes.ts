import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

/** A client that leaves it out gets something else from then on, and no field tells it. */
const DEFAULT_CHANGED = /_DEFAULT(_VALUE)?_CHANGED$/

/**
 * What clients of one schema would break on with another, a line each, none when they go on working.
 *
 * It is the promise of the schema's description: fields, types, enum values and codes may be added. Besides what
 * breaks a document, changed defaults count.
 */
export async function findBreakingChanges(published: string, current: string): Promise<string[]> {
  const changes = await diff(buildSchema(published), buildSchema(current))
  return changes
    .filter(
      ({ criticality, type }) =>
        criticality.level === CriticalityLevel.Breaking || DEFAULT_CHANGED.test(type),
    )
    .map(({ message }) => message)
}
