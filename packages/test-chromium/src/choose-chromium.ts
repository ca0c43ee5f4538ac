import { findOnPath } from '@coupon-gateway/stack'

/** Where Chromium comes from: a program of this machine, the one from npm, or nowhere. */
export type ChromiumSource = { readonly path: string } | 'packaged' | 'none'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'] as const

/**
 * `CHROMIUM` decides where it is set: a path, or `packaged`. Otherwise it is that of the machine, which needs no
 * unpacking and has fonts, and else the one from npm, which there is for Linux on x64 only.
 */
export function chooseChromium(
  environment: Readonly<Record<string, string | undefined>>,
  findProgram: (name: string) => string | undefined = findOnPath,
  machine: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): ChromiumSource {
  const { CHROMIUM } = environment
  if (CHROMIUM === 'packaged') return CHROMIUM
  if (CHROMIUM) return { path: CHROMIUM }
  for (const name of NAMES) {
    const path = findProgram(name)
    if (path !== undefined) return { path }
  }
  return machine.platform === 'linux' && machine.arch === 'x64' ? 'packaged' : 'none'
}
