import { describe, expect, it } from 'vitest'
import { chooseChromium } from './choose-chromium.ts'

const LINUX = { platform: 'linux', arch: 'x64' } as const
const nothingOnPath = () => undefined

describe('chooseChromium', () => {
  it('takes what CHROMIUM names', () => {
    expect(chooseChromium({ CHROMIUM: '/opt/chrome' }, nothingOnPath, LINUX)).toEqual({
      path: '/opt/chrome',
    })
    expect(chooseChromium({ CHROMIUM: 'packaged' }, (name) => `/bin/${name}`, LINUX)).toBe(
      'packaged',
    )
  })

  it('takes that of the machine before the one from npm', () => {
    const onlyChrome = (name: string) => (name === 'google-chrome' ? '/bin/it' : undefined)
    expect(chooseChromium({ CHROMIUM: '' }, onlyChrome, LINUX)).toEqual({ path: '/bin/it' })
    expect(chooseChromium({}, nothingOnPath, LINUX)).toBe('packaged')
  })

  it.each([
    { platform: 'linux', arch: 'arm64' },
    { platform: 'darwin', arch: 'x64' },
  ] as const)('knows none for %j, where the one from npm does not run', (machine) => {
    expect(chooseChromium({}, nothingOnPath, machine)).toBe('none')
  })
})
