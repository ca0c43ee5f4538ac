import { drain, type Service } from '@coupon-gateway/service'
import { buildPageFiles } from './page-files.ts'
import { buildDeskServer } from './server.ts'
import { createSessions } from './sessions.ts'
import type { DeskSettings } from './settings.ts'

/** Builds the pages and serves them. It needs no gateway to start: the pages say when they cannot reach it. */
export async function startDesk(settings: DeskSettings): Promise<Service> {
  const [files, sessions] = await Promise.all([
    buildPageFiles(),
    settings.tokens === null ? null : createSessions(settings.tokens),
  ])
  const app = buildDeskServer(settings, files, sessions)
  await app.listen({ host: settings.host, port: settings.port })
  return { stop: () => drain(app.server, () => app.close()) }
}
