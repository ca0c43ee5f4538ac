/** How a command ends. Scripts rely on these numbers. */
export const EXIT = {
  ok: 0,
  /** It did not do what was asked, or found what it looks for. */
  failed: 1,
  /** It was called wrongly, or a setting is bad: nothing was tried. */
  usage: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
