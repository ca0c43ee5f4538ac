import { z } from 'zod'
import { isAddressRange } from './client-address.ts'

/** A setting that stops the start: its message names the variable, the rule and the value, for people. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** Values of these variables carry passwords or keys, so a message never repeats them. */
const SECRET = /URL|KEY|PASSWORD|SECRET|TOKEN/

/**
 * Reads a service's settings from its environment, once, at start.
 * The schema's keys are the names of the variables; an empty variable counts as unset.
 *
 * @throws SettingsError one line per bad variable: `API_PORT must be an integer from 0 to 65535, got "abc"`
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new SettingsError(
    parsed.error.issues
      .map((issue) => {
        const name = String(issue.path[0])
        return `${name} must be ${issue.message}, got ${describeValue(name, given[name])}`
      })
      .join('\n'),
  )
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Fields that services share. The text of each is what the message says after "must be". */
export const field = {
  integer: (min: number, max: number) => {
    const allowed = `an integer from ${min} to ${max}`
    return z
      .string()
      .regex(/^-?\d+$/, allowed)
      .transform(Number)
      .refine((value) => value >= min && value <= max, allowed)
  },
  port: () => field.integer(0, 65_535),
  boolean: () =>
    z.enum(['true', 'false'], '"true" or "false"').transform((text) => text === 'true'),
  oneOf: <const Allowed extends readonly [string, ...string[]]>(allowed: Allowed) =>
    z.enum(allowed, `one of ${allowed.join(', ')}`),
  text: (what = 'a text that is not empty') => z.string(what).min(1, what),
  url: (protocols: readonly string[]) => {
    const allowed = `a URL that starts with ${protocols.map((it) => `${it}//`).join(' or ')}`
    return z
      .string(allowed)
      .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), allowed)
  },
  addressRanges: () =>
    z.string().transform((text, context): readonly string[] => {
      const ranges = text.split(',').map((part) => part.trim())
      if (ranges.every(isAddressRange)) return ranges
      context.addIssue(
        'a list of addresses or ranges with commas between, such as 10.0.0.0/8,fd00::/8',
      )
      return z.NEVER
    }),
  logLevel: (byDefault: (typeof LOG_LEVELS)[number] = 'info') =>
    field.oneOf(LOG_LEVELS).default(byDefault),
}

function describeValue(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing'
  return SECRET.test(name)
    ? 'another value (not shown: it may hold a secret)'
    : JSON.stringify(value)
}
