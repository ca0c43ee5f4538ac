import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import { openCouponCore } from '../src/index.ts'
import { carryOut, type Line, type Operation, type Told } from './operation.ts'
import { verifySoak } from './verify.ts'

// `pnpm soak`: two processes with mixed operations over one PostgreSQL, one of them killed every minute, and a verdict.

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    'crash-every': { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '300' },
  },
})
const endsAt = Date.now() + Number(values.minutes) * 60_000

const server = await startPostgres()
const url = await createTestDatabase(server.url)
const database = openPostgres(url)
const core = await openCouponCore(database)
const { id: accountId } = await core.ensureAccount('soak', 'UTC')

const operations = new Map<string, Operation>()
const told = new Map<string, Told>()

function startWorker(name: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [WORKER, url, String(accountId), name, values['per-second']],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  createInterface(child.stdout).on('line', (text) => {
    let line: Line
    try {
      line = JSON.parse(text)
    } catch {
      // The last line of a killed process can be cut off: what it would have said is not known.
      return
    }
    if (line.event === 'call') operations.set(line.operation.key, line.operation)
    else told.set(line.key, line.told)
  })
  return child
}

const workers = ['one', 'two'].map(startWorker)
let crashes = 0
while (Date.now() < endsAt) {
  await sleep(Math.min(Number(values['crash-every']) * 1_000, Math.max(0, endsAt - Date.now())))
  if (Date.now() >= endsAt) break
  const index = crashes % 2
  const victim = workers[index]
  victim?.kill('SIGKILL')
  if (victim !== undefined) await once(victim, 'close')
  workers[index] = startWorker(index === 0 ? 'one' : 'two')
  crashes += 1
  process.stderr.write(`crash ${crashes}: ${operations.size} operations so far\n`)
}
for (const worker of workers) {
  worker.stdin?.end()
  await once(worker, 'close')
}

const unknown = [...operations.values()].filter(({ key }) => !told.has(key))
for (const operation of unknown) {
  told.set(operation.key, await carryOut(core, accountId, operation))
}
const differences = await verifySoak(database, operations, told)
const counts = new Map<string, number>()
for (const [key, { kind }] of operations) {
  const { outcome, reason } = told.get(key) ?? { outcome: 'unknown' }
  const name = `${kind} ${outcome}${reason === undefined ? '' : ` ${reason}`}`
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
for (const [name, count] of [...counts].sort())
  process.stdout.write(`  ${String(count).padStart(9)}  ${name}\n`)
for (const difference of differences.slice(0, 20)) process.stdout.write(`  ${difference}\n`)
process.stdout.write(
  `VERDICT ${differences.length === 0 ? 'PASS' : 'FAIL'}: ${operations.size} operations in ${values.minutes} minutes, ${crashes} crashes, ${unknown.length} unknown outcomes replayed, ${differences.length} differences\n`,
)
await database.close()
await server.stop()
process.exitCode = differences.length === 0 ? 0 : 1
