export { setAnswerHeaders } from './answer-headers.ts'
export { createRangeCheck, isAddressRange, networkOf } from './client-address.ts'
export { type ConnectionLimits, limitConnections } from './connection-limits.ts'
export { drain } from './drain.ts'
export { loggerOptions } from './logger.ts'
export {
  LATENCY_BUCKETS,
  type MeasuredRequest,
  measureRequests,
} from './metrics/measure-requests.ts'
export {
  type MetricsAddress,
  type MetricsSource,
  startMetricsServer,
} from './metrics/metrics-server.ts'
export { createServiceRegistry } from './metrics/service-registry.ts'
export {
  type OperationSettings,
  operationFields,
  toOperationSettings,
} from './operation-settings.ts'
export { requestIdOf } from './request-id.ts'
export { runService, type Service } from './run-service.ts'
export { field, readSettings, SettingsError } from './settings.ts'
export { addStopNotice, type StopNotice } from './stop-notice.ts'
export { startTracing, type TracingSettings } from './tracing/start-tracing.ts'
export { describeRequestSpan, traceRequests } from './tracing/trace-requests.ts'
export { answerUnreadRequests, type UnreadReason } from './unread-requests.ts'
export { startWorkers, type Workers } from './workers/start-workers.ts'
export { answerMetricsQuestions, readWorkerMetrics } from './workers/worker-metrics.ts'
export { readWorkerNumber } from './workers/worker-number.ts'
