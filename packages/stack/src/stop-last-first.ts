/**
 * Stops services one after the other, the one that was started last first: what it still has to answer,
 * those that it needs answer.
 */
export async function stopLastFirst(services: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const service of services.toReversed()) await service.stop()
}
