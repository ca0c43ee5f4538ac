import { setTimeout as delay } from 'node:timers/promises'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import {
  createTestDatabase,
  type PostgresServer,
  startPostgres,
} from '@coupon-gateway/test-postgres'
import getPort from 'get-port'
import { type RedisDurability, type RedisServer, startRedis } from '../peers/redis/start-redis.ts'
import { startPeer } from '../peers/start-peer.ts'
import type { Endpoint } from '../plan.ts'
import { watchLog } from './power-cut.ts'

/** What is killed. A power cut takes from Redis what it had not flushed to the disk yet, too. */
export type Victim = 'service' | 'PostgreSQL' | 'Redis' | 'Redis, power cut'

/** A system that redeems, with parts that can be killed. */
export interface CrashTarget {
  readonly endpoint: Endpoint
  /** Versions of what was started, for the conditions. */
  readonly version: string
  /** Kills a part at once, waits, and starts it again. */
  crash(victim: Victim, outage: Outage): Promise<void>
  stop(): Promise<void>
}

export interface Outage {
  /** From the kill to the next start. */
  readonly ms: number
  /** Of a power cut: how long before it the disk was flushed. */
  readonly unflushedMs: number
}

export interface CrashSystem {
  readonly name: string
  readonly victims: readonly Victim[]
  start(): Promise<CrashTarget>
}

const REST_KEY = 'demo_personal_key'

export const SYSTEMS: readonly CrashSystem[] = [
  {
    name: 'ours',
    victims: ['service', 'PostgreSQL'],
    start: () =>
      startOverPostgres((environment) =>
        startServiceProcess('api', { DEMO: 'true', LOG_LEVEL: 'fatal', ...environment }),
      ),
  },
  {
    name: 'textbook',
    victims: ['service', 'PostgreSQL'],
    start: () => startOverPostgres((environment) => startPeer('textbook', environment)),
  },
  redisSystem('redis, as installed', 'rdb', ['service', 'PostgreSQL', 'Redis']),
  redisSystem('redis, appendonly', 'aof', ['service', 'PostgreSQL', 'Redis', 'Redis, power cut']),
]

type StartService = (environment: Readonly<Record<string, string>>) => Promise<ServiceProcess>

function redisSystem(
  name: string,
  durability: RedisDurability,
  victims: readonly Victim[],
): CrashSystem {
  return {
    name,
    victims,
    async start() {
      const redis = await startRedis(durability)
      try {
        return await startOverPostgres(
          (environment) => startPeer('redis', { ...environment, REDIS_URL: redis.url }),
          redis,
        )
      } catch (error) {
        await redis.stop()
        throw error
      }
    },
  }
}

async function startOverPostgres(
  startService: StartService,
  redis?: RedisServer,
): Promise<CrashTarget> {
  const postgres: PostgresServer = await startPostgres()
  try {
    const environment = {
      DATABASE_URL: await createTestDatabase(postgres.url),
      // The same after a crash: callers come back to where they were.
      API_PORT: String(await getPort({ host: '127.0.0.1' })),
    }
    let service = await startService(environment)
    const log = redis && watchLog(redis)

    const crashes: Readonly<Record<Victim, (outage: Outage) => Promise<void>>> = {
      async service({ ms }) {
        await service.kill()
        await delay(ms)
        service = await startService(environment)
      },
      PostgreSQL: ({ ms }) => postgres.kill(() => delay(ms)),
      async Redis({ ms }) {
        await redis?.kill()
        await delay(ms)
        await redis?.restart()
      },
      async 'Redis, power cut'({ ms, unflushedMs }) {
        await redis?.kill()
        await log?.forgetLast(unflushedMs)
        await delay(ms)
        await redis?.restart()
      },
    }
    return {
      endpoint: { protocol: 'rest', url: service.url, key: REST_KEY },
      version: redis?.version ?? '',
      crash: (victim, outage) => crashes[victim](outage),
      async stop() {
        log?.stop()
        await service.kill()
        await redis?.stop()
        await postgres.stop()
      },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}
