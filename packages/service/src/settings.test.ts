import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { field, readSettings } from './settings.ts'

const schema = z.object({
  API_PORT: field.port().default(4001),
  DEMO: field.boolean().optional(),
  DATABASE_URL: field.url(['postgres:', 'postgresql:']).optional(),
  LOG_LEVEL: field.logLevel(),
})

describe('readSettings', () => {
  it('takes defaults for what is unset or empty', () => {
    expect(readSettings(schema, { API_PORT: '' })).toEqual({ API_PORT: 4001, LOG_LEVEL: 'info' })
  })

  it('turns texts into values', () => {
    expect(readSettings(schema, { API_PORT: '80', DEMO: 'false' })).toMatchObject({
      API_PORT: 80,
      DEMO: false,
    })
  })

  it.each([
    [{ API_PORT: 'abc' }, 'API_PORT must be an integer from 0 to 65535, got "abc"'],
    [{ API_PORT: '65536' }, 'API_PORT must be an integer from 0 to 65535, got "65536"'],
    [{ DEMO: 'yes' }, 'DEMO must be "true" or "false", got "yes"'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, got "loud"',
    ],
  ])('says of %j what is wrong and what is allowed', (environment, message) => {
    expect(() => readSettings(schema, environment)).toThrow(message)
  })

  it('names every bad variable at once', () => {
    expect(() => readSettings(schema, { API_PORT: 'x', DEMO: 'y' })).toThrow(/API_PORT.*\n.*DEMO/)
  })

  it('never repeats a value that may hold a password', () => {
    const message = messageOf(() => readSettings(schema, { DATABASE_URL: 'mysql://me:hunter2@db' }))
    expect(message).toContain(
      'DATABASE_URL must be a URL that starts with postgres:// or postgresql://',
    )
    expect(message).not.toContain('hunter2')
  })
})

function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
