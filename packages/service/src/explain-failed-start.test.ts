import { expect, it } from 'vitest'
import { explainFailedStart } from './explain-failed-start.ts'

const failure = (fields: object) => Object.assign(new Error('as Node says it'), fields)

it.each([
  ['EADDRINUSE', 'port 80 on ::1 is taken by another process; stop it or choose another port'],
  ['EACCES', 'port 80 on ::1 needs more rights than this process has; choose one above 1023'],
  ['EADDRNOTAVAIL', 'HOST ::1 is not an address of this machine'],
  ['ENOBUFS', 'as Node says it'],
])('a port that cannot be listened on, %s, is explained', (code, line) => {
  expect(explainFailedStart(failure({ code, syscall: 'listen', port: 80, address: '::1' }))).toBe(
    line,
  )
})

it('a port of a cluster, which is bound and not listened on, is explained too', () => {
  expect(
    explainFailedStart(failure({ code: 'EADDRINUSE', syscall: 'bind', port: 80, address: '::1' })),
  ).toBe('port 80 on ::1 is taken by another process; stop it or choose another port')
})

it.each([
  ['of a folder', { syscall: 'mkdir', path: '/root/data' }],
  ['of a connection to another machine', { syscall: 'connect', port: 5432, address: '10.0.0.1' }],
  ['of a socket that is a file', { syscall: 'listen', address: '/run/api.sock', port: undefined }],
])('EACCES %s was said to be of "port undefined" or of our port, and is not', (_of, fields) => {
  expect(explainFailedStart(failure({ code: 'EACCES', ...fields }))).toBe('as Node says it')
})
