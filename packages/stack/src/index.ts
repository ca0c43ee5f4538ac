export {
  type ServiceName,
  type ServiceProcess,
  ServiceStartError,
  startServiceProcess,
} from './service-process.ts'
