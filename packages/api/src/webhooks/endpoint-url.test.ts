import { expect, it } from 'vitest'
import { parseNetwork } from './address-rules.ts'
import { findUrlProblem } from './endpoint-url.ts'

const inner = [parseNetwork('10.0.0.0/8') ?? expect.unreachable()]

it.each([
  'https://shop.example/hook?x=1',
  'http://shop.example',
  'http://10.1.2.3:8080/',
  'https://8.8.8.8',
])('%s can be an endpoint', (url) => {
  expect(findUrlProblem(url, inner)).toBeUndefined()
})

it.each([
  ['shop.example', 'a URL'],
  ['ftp://shop.example', 'https://'],
  ['https://me:pw@shop.example', 'user'],
  ['https://shop.example/#part', '#'],
  [`https://shop.example/${'x'.repeat(2_000)}`, '2000'],
  ['https://127.0.0.1/', '127.0.0.1'],
  ['https://0x7f000001/', '127.0.0.1'],
  ['https://2130706433/', '127.0.0.1'],
  ['https://[::1]/', '::1'],
  ['https://[::ffff:169.254.169.254]/', 'WEBHOOK_ALLOWED_NETWORKS'],
  ['http://8.8.8.8/', 'https://'],
])('%s can not, and why is said', (url, word) => {
  expect(findUrlProblem(url, inner)).toContain(word)
})
