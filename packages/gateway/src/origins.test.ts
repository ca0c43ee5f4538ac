import { describe, expect, it } from 'vitest'
import { isExactOrigin } from './origins.ts'

describe('an exact origin', () => {
  it.each([
    'https://shop.example',
    'http://localhost:5173',
    'http://127.0.0.1:4000',
    'http://[::1]:8080',
    'https://xn--bcher-kva.example',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnop',
  ])('is %s', (text) => {
    expect(isExactOrigin(text)).toBe(true)
  })

  it.each([
    ['', 'nothing'],
    ['*', 'a wildcard'],
    ['null', 'what pages without an origin send'],
    ['shop.example', 'a host'],
    ['//shop.example', 'no scheme'],
    ['https://', 'no host'],
    ['https://shop.example/', 'a slash behind'],
    ['https://shop.example/shop', 'a path'],
    ['https://shop.example?a=1', 'a query'],
    ['https://user@shop.example', 'a user'],
    ['https://shop.example:443', 'the usual port, which browsers leave out'],
    ['HTTPS://shop.example', 'upper case in the scheme'],
    ['https://Shop.example', 'upper case in the host'],
    ['https://bücher.example', 'letters that browsers send in Punycode'],
    ['https://*.shop.example', 'a pattern, which would never match'],
    [' https://shop.example', 'a space'],
    ['file:///index.html', 'a file'],
    ['https://a.example,https://b.example', 'two'],
  ])('is not %j: %s', (text) => {
    expect(isExactOrigin(text)).toBe(false)
  })
})
