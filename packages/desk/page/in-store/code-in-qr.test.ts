import { expect, it } from 'vitest'
import { codeInQr } from './code-in-qr.ts'

it.each([
  ['INSTORE42', 'INSTORE42'],
  [' instore-42\n', 'INSTORE42'],
  ['https://shop.example/?code=instore42', 'INSTORE42'],
  ['https://shop.example/x?coupon=INSTORE-42&a=b', 'INSTORE42'],
  ['https://shop.example/redeem/INSTORE42/', 'INSTORE42'],
  ['https://shop.example/', undefined],
  ['javascript:alert(1)', undefined],
  ['BEGIN:VCARD', undefined],
  ['', undefined],
])('codeInQr(%j) is %j', (text, code) => {
  expect(codeInQr(text)).toBe(code)
})
