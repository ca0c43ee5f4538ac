export { drain } from './drain.ts'
export { requestIdOf } from './request-id.ts'
export { runService, type Service } from './run-service.ts'
export { field, readSettings, SettingsError } from './settings.ts'
