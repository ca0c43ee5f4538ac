export { buildDeskServer } from './server.ts'
export { type DeskSettings, readDeskSettings } from './settings.ts'
export { startDesk } from './start-desk.ts'
