export { runService, type Service } from './run-service.ts'
export { field, readSettings, SettingsError } from './settings.ts'
