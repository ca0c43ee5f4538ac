import cluster from 'node:cluster'
import { startWorkers } from '../src/index.ts'

/**
 * Starts two workers. The first one is ready and ends, as SIGTERM would end it; the second one is ready once the place of
 * the first one is filled again, so that all of this is while the workers start.
 */
if (cluster.isPrimary) {
  let ready = 0
  cluster.on('message', (_worker, message) => {
    if (message === 'ready') ready += 1
    if (ready === 2) cluster.workers?.[2]?.send('the place is filled')
  })
  const workers = await startWorkers(2)
  console.log(JSON.stringify({ ready: workers.countReady(), restarts: workers.countRestarts() }))
  await workers.stop()
} else {
  const id = cluster.worker?.id
  process.on('message', (message) => {
    if (message === 'stop') process.exit(0)
    if (message === 'the place is filled') process.send?.('ready')
  })
  if (id !== 2) process.send?.('ready', () => id === 1 && process.exit(0))
}
