import type { InputProblem } from './api-error.ts'
import { type Language, TEXTS } from './messages/texts.ts'

/** An answer must not grow with the input. Who has mended so many problems can ask again. */
const MAX_PROBLEMS = 20
/** The message is for people, and repeats what `result` has. */
const MAX_PROBLEMS_IN_MESSAGE = 3

/** Tells problems in a language: as `result` of INVALID_INPUT lists them, and as its message. */
export function tellProblems(problems: readonly InputProblem[], language: Language) {
  const texts = TEXTS[language]
  const result = problems.slice(0, MAX_PROBLEMS).map(({ field, problem, allowed }) => ({
    field,
    problem: problem(texts),
    allowed: allowed(texts),
  }))
  const sentences = result
    .slice(0, MAX_PROBLEMS_IN_MESSAGE)
    .map(({ field, problem, allowed }) => texts.invalidInput.problem(field, problem, allowed))
  const unnamed = problems.length - sentences.length
  if (unnamed > 0) sentences.push(texts.invalidInput.more(unnamed, MAX_PROBLEMS))
  return { result, message: sentences.join(' ') }
}
