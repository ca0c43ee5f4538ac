export { ERROR_SYMBOLS, type ErrorSymbol } from './error-symbols.ts'
export { type ApiSettings, readApiSettings } from './settings.ts'
export { startApi } from './start-api.ts'
