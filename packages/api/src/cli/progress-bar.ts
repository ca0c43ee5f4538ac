import type { CommandContext } from './command-context.ts'

/** How often the bar is drawn again: no eye sees more, and a terminal is slow. */
const REDRAW_MS = 100
const WIDTH = 30

/** Shows how far long work is. */
export interface ProgressBar {
  /** Work done so far, in all. */
  advance(done: number): void
  /** Takes the bar away, so that the result stands alone. */
  end(): void
}

/**
 * Draws on stderr, and only for people: where stderr is no terminal, nothing is written.
 *
 * @param what what is counted, such as `codes`
 * @param total how much there is; undefined where nobody knows, then it only counts
 */
export function startProgressBar(
  { stderr }: Pick<CommandContext, 'stderr'>,
  what: string,
  total?: number,
): ProgressBar {
  if (!stderr.isTTY) return { advance() {}, end() {} }
  let drawnAt = 0
  return {
    advance(done) {
      const now = performance.now()
      if (now - drawnAt < REDRAW_MS) return
      drawnAt = now
      stderr.write(`\r\x1b[K${describeProgress(what, done, total)}`)
    },
    end() {
      stderr.write('\r\x1b[K')
    },
  }
}

export function describeProgress(what: string, done: number, total?: number): string {
  const count = done.toLocaleString('en')
  if (total === undefined) return `${count} ${what}`
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
  return `${bar} ${Math.floor(share * 100)} %  ${count} of ${total.toLocaleString('en')} ${what}`
}
