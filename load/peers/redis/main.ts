import { readPeerSettings, servePeer } from '../contract/serve-peer.ts'
import { openRedisStore } from './redis-store.ts'

const settings = readPeerSettings(process.env)
const redisUrl = process.env.REDIS_URL
if (redisUrl === undefined) throw new Error('REDIS_URL must be the URL of a Redis, got nothing')
servePeer(await openRedisStore(settings.databaseUrl, redisUrl), settings)
