import { readPeerSettings, servePeer } from '../contract/serve-peer.ts'
import { openTextbookStore } from './textbook-store.ts'

const settings = readPeerSettings(process.env)
servePeer(await openTextbookStore(settings.databaseUrl), settings)
