export { findOnPath, isExecutable } from './find-on-path.ts'
export {
  type ServiceName,
  type ServiceProcess,
  ServiceStartError,
  startServiceProcess,
} from './service-process.ts'
