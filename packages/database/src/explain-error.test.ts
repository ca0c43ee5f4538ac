import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DatabaseBusyError, DatabaseUnavailableError, StatementError } from './database.ts'
import { explainError } from './explain-error.ts'

const SERVER = 'PostgreSQL at db:5432'

/** As `pg` and PGlite throw what PostgreSQL says. */
const fromServer = (code: string) =>
  Object.assign(new Error('as the server says it'), {
    code,
    severity: 'ERROR',
    routine: 'somewhere',
    detail: 'Failing row contains (secret).',
    params: ['secret'],
  })
const fromSocket = (code: string) => Object.assign(new Error('as the socket says it'), { code })

describe('explainError', () => {
  it.each([
    [fromSocket('ECONNREFUSED'), 'nobody listens there'],
    [fromSocket('ENOTFOUND'), 'no host has that name'],
    [fromSocket('EAI_AGAIN'), 'the name of the host could not be looked up'],
    [fromSocket('EHOSTUNREACH'), 'there is no way to that host'],
    [new Error('Connection terminated due to connection timeout'), 'it did not answer in time'],
    [new Error('Query read timeout'), 'it stopped answering'],
    [fromServer('28P01'), 'it refused the user or the password'],
    [
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      'it refused the user or the password',
    ],
    [fromServer('28000'), 'it does not let this user in from here'],
    [fromServer('3D000'), 'it has no database of that name'],
    [fromSocket('DEPTH_ZERO_SELF_SIGNED_CERT'), 'no TLS connection that can be trusted was made'],
    [
      new Error('The server does not support SSL connections'),
      'no TLS connection that can be trusted was made',
    ],
    [fromServer('57P03'), 'it is starting or stopping'],
    [fromServer('57P01'), 'it ended the connection'],
    [fromServer('25P03'), 'it ended a transaction that was idle for too long'],
    [fromServer('25006'), 'it takes no writes, as a standby does'],
    [fromServer('53100'), 'its disk is full'],
    [fromServer('53200'), 'it is out of memory'],
    [fromServer('08006'), 'the connection broke'],
    [fromSocket('ECONNRESET'), 'the connection broke'],
    [new Error('Connection terminated unexpectedly'), 'the connection broke'],
    [
      new Error('Client has encountered a connection error and is not queryable'),
      'the connection broke',
    ],
  ])(
    '%s makes the database unavailable, and the message names server and cause',
    (error, reason) => {
      const explained = explainError(error, SERVER)
      expect(explained).toBeInstanceOf(DatabaseUnavailableError)
      expect(explained).toHaveProperty('message', `${SERVER} is unavailable: ${reason}`)
      expect(inspect(explained, { depth: null })).not.toContain('secret')
    },
  )

  it.each([
    ...['55P03', '57014', '40P01', '40001', '53300'].map(fromServer),
    new Error('timeout exceeded when trying to connect'),
  ])('%s had no effect, so the database is busy', (error) => {
    const explained = explainError(error, SERVER)
    expect(explained).toBeInstanceOf(DatabaseBusyError)
    expect(inspect(explained, { depth: null })).not.toContain('secret')
  })

  it('keeps message and SQLSTATE of every other answer of the server, and nothing else', () => {
    const explained = explainError(fromServer('23505'), SERVER)
    expect(explained).toBeInstanceOf(StatementError)
    expect(explained).toMatchObject({ message: 'as the server says it', code: '23505' })
    expect(explained).not.toHaveProperty('cause')
    expect(inspect(explained, { depth: null })).not.toContain('secret')
  })

  it('leaves what it does not know as it is', () => {
    const error = new TypeError('a mistake of ours')
    expect(explainError(error, SERVER)).toBe(error)
    expect(explainError('no error', SERVER)).toBe('no error')
  })
})
