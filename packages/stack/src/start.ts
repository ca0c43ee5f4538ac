import { runService, type Service } from '@coupon-gateway/service'
import { describeStart } from './describe-start.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import { readStackSettings } from './settings.ts'
import { stopLastFirst } from './stop-last-first.ts'

/** `pnpm start`: api, gateway and desk as a process each, and a screen that says how to go on. */
await runService('coupon-gateway', startStack)

async function startStack(): Promise<Service> {
  const settings = readStackSettings(process.env)
  const logTo = (chunk: string) => process.stderr.write(chunk)
  const services: ServiceProcess[] = []
  try {
    services.push(await startServiceProcess('api', settings.apiEnvironment, logTo))
    services.push(
      await startServiceProcess(
        'gateway',
        { ...settings.gatewayEnvironment, UPSTREAM_URL: services[0]?.url ?? '' },
        logTo,
      ),
    )
    services.push(await startServiceProcess('desk', settings.deskEnvironment, logTo))
  } catch (error) {
    await stopLastFirst(services)
    throw error
  }
  let isStopping = false
  for (const service of services) {
    void service.exited.then(async (code) => {
      if (isStopping) return
      isStopping = true
      process.stderr.write(`${service.name} ended (${code ?? 'killed'}), so everything stops\n`)
      await stopLastFirst(services)
      process.exit(1)
    })
  }
  process.stdout.write(describeStart(settings))
  return {
    async stop() {
      isStopping = true
      await stopLastFirst(services)
    },
  }
}
