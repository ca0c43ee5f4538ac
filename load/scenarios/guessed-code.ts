import type { Attempt } from './scenario.ts'

/** Letters and digits that codes are typed with, without those that look alike. */
const SYMBOLS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
/** One guess in 30^16 hits: never, in any run. */
const LENGTH = 16

/** A code that somebody makes up. */
export function guessedCode({ random }: Pick<Attempt, 'random'>): string {
  const symbols = Array.from({ length: LENGTH }, () => {
    return SYMBOLS[Math.floor(random() * SYMBOLS.length)]
  })
  return symbols.join('')
}
