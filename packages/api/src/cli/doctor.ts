import { Command } from '@commander-js/extra-typings'
import { CORE_MIGRATIONS } from '@coupon-gateway/core'
import { readMigrations } from '@coupon-gateway/database'
import { listApiKeys } from '../api-keys.ts'
import { API_MIGRATIONS } from '../migrations.ts'
import { type ApiSettings, readApiSettings } from '../settings.ts'
import { type CommandContext, printResult, withDatabase } from './command-context.ts'
import {
  diagnoseDemoKeys,
  diagnoseMigrations,
  diagnoseNoDatabase,
  diagnoseServer,
  diagnoseSettings,
  type Finding,
} from './diagnosis.ts'
import { EXIT } from './exit-code.ts'
import { jsonOption } from './options.ts'
import { readServerFacts } from './server-facts.ts'

const MARKS = { ok: 'ok  ', warning: 'warn', failed: 'FAIL' } as const

export function doctorCommand(context: CommandContext) {
  return new Command('doctor')
    .summary('looks for what would make the service fail or lose coupons')
    .description(
      'Looks for what would make the service fail or lose coupons: settings, database, clock, migrations, durability, connections. It changes nothing. Exit code 1 when something must be mended.',
    )
    .addOption(jsonOption())
    .action(async () => {
      const settings = readApiSettings(context.environment)
      const findings = [
        ...diagnoseSettings(settings),
        ...(await examineDatabase(context, settings).catch(diagnoseNoDatabase)),
      ]
      const lines = findings.map(({ check, state, found, advice }) =>
        [`${MARKS[state]}  ${check}: ${found}`, ...(advice === undefined ? [] : [advice])].join(
          '\n      ',
        ),
      )
      printResult(context, { findings }, lines.join('\n'))
      if (findings.some(({ state }) => state === 'failed')) context.setExitCode(EXIT.failed)
    })
}

function examineDatabase(
  context: CommandContext,
  settings: ApiSettings,
): Promise<readonly Finding[]> {
  return withDatabase(context, async (database) => {
    const ofApi = await readMigrations(database, 'api', API_MIGRATIONS)
    const hasKeys = ofApi.every(({ state }) => state === 'applied')
    return [
      ...diagnoseServer(await readServerFacts(database), settings.database),
      ...diagnoseMigrations([
        ...(await readMigrations(database, 'core', CORE_MIGRATIONS)),
        ...ofApi,
      ]),
      ...diagnoseDemoKeys(hasKeys ? await listApiKeys(database, null) : [], settings),
    ]
  })
}
