import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { CALL_LIMITS_ALLOWED, type CallLimits, PLANS, parseCallLimits } from '../plans.ts'

/** Options and arguments that commands share. What is wrong with one is said before anything is opened. */

export const jsonOption = () => new Option('--json', 'print the result as JSON, for programs')

export const planOption = () =>
  new Option('--plan <plan>', 'its plan; coupons need personal or a higher one').choices(PLANS)

export const limitsOption = () =>
  new Option(
    '--limits <minute/hour/day>',
    "calls agreed on with it, such as 1000/20000/100000, in place of its plan's",
  ).argParser(readCallLimits)

function readCallLimits(text: string): CallLimits {
  const limits = parseCallLimits(text)
  if (limits === undefined) throw new InvalidArgumentError(`It must be ${CALL_LIMITS_ALLOWED}.`)
  return limits
}

/** The longest text that the tables take for a name or a label. */
const MAX_TEXT_LENGTH = 100

export function parseText(text: string): string {
  if (text.length === 0 || text.length > MAX_TEXT_LENGTH || /\p{Cc}/u.test(text)) {
    throw new InvalidArgumentError(
      `It must be a text of 1 to ${MAX_TEXT_LENGTH} characters without control characters.`,
    )
  }
  return text
}

export function parseId(text: string): number {
  const id = Number(text)
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(id)) {
    throw new InvalidArgumentError('It must be a number from 1 on, as the list shows it.')
  }
  return id
}

export function parseInteger(least: number, most: number) {
  return function parse(text: string): number {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
