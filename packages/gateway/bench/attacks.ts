import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Figure, readCpuSeconds, type Session } from '@coupon-gateway/bench'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { ATTACK_NAMES, SHARED_KEY, STOLEN_KEY } from './attacks/attack-requests.ts'
import { measureHonestP99 } from './attacks/honest-client.ts'

const SECONDS = 12
const QUICK_SECONDS = 4
/** The gateway has seen a few requests before anything is measured. */
const WARM_UP_SECONDS = 3
/** A coupon of the demo. */
const CODE = 'WELCOME10'

export const ATTACKED: readonly Omit<Figure, 'runs'>[] = ATTACK_NAMES.map((name) => ({
  id: `gateway.4 ${name}`,
  what: 'p99 of an honest client under this attack, against its p99 before it',
  unit: 'ratio',
  goal: '<= 3',
}))

/**
 * Figure 4: customers of a shop validate a coupon at a steady pace, with the key that the attacker has too, while he
 * attacks. The system is a real one: gateway, api and embedded database, a process each but for the last. Each attack meets
 * a new gateway, since a spent budget lasts for a minute.
 */
export async function measureAttacked({ quick, only, progress }: Session) {
  const seconds = quick ? QUICK_SECONDS : SECONDS
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-attacks-'))
  const keysFile = join(folder, 'keys.json')
  await writeFile(
    keysFile,
    JSON.stringify([keyEntry(SHARED_KEY, 100_000), keyEntry(STOLEN_KEY, 600)]),
  )
  const api = await startServiceProcess('api', { DATA_DIR: folder, LOG_LEVEL: 'error' })
  const ratios = new Map<string, number>()
  try {
    for (const name of ATTACK_NAMES) {
      const id = `gateway.4 ${name}`
      if (!id.startsWith(only)) continue
      const gateway = await startServiceProcess('gateway', {
        UPSTREAM_URL: api.url,
        UPSTREAM_API_KEY: 'demo_personal_key',
        GATEWAY_KEYS_FILE: keysFile,
        TRUSTED_PROXIES: '127.0.0.1',
        NODE_ENV: 'production',
        LOG_LEVEL: 'error',
      })
      try {
        await measureHonestP99(gateway.url, CODE, WARM_UP_SECONDS)
        const before = await measureHonestP99(gateway.url, CODE, seconds)
        const attack = await startAttack(gateway, name)
        const cpuBefore = await readCpuSeconds(gateway.pid)
        const during = await measureHonestP99(gateway.url, CODE, seconds)
        const busy = (100 * ((await readCpuSeconds(gateway.pid)) - cpuBefore)) / seconds
        const answers = await attack.stop()
        ratios.set(id, during / before)
        progress(
          `  ${name}: p99 ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms during, the gateway ${busy.toFixed(0)} % of a core; the attacker was answered ${answers}`,
        )
      } finally {
        await gateway.stop()
      }
      // Until what the attack left behind at the api is done.
      await sleep(500)
    }
  } finally {
    await api.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return ratios
}

async function startAttack({ url }: ServiceProcess, name: string) {
  const attacker = fileURLToPath(new URL('./attacks/attacker.ts', import.meta.url))
  const child = spawn(process.execPath, [attacker, url, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.stdin.write('go\n')
  return {
    /** @returns how often the attacker was answered by which status */
    async stop(): Promise<string> {
      child.kill('SIGTERM')
      const [answers] = await Promise.all([text(child.stdout), once(child, 'close')])
      if (answers === '') throw new Error(`the attack ${name} ended before it was told to`)
      return answers
    },
  }
}

function keyEntry(key: string, callsPerMinute: number) {
  return {
    id: key,
    kind: 'publishable',
    sha256: createHash('sha256').update(key).digest('hex'),
    scopes: ['coupon:validate'],
    callsPerMinute,
  }
}
