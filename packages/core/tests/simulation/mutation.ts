import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { DatabaseBusyError, StatementError } from '@coupon-gateway/database'
import { createBatcher } from '../../src/batcher.ts'
import { type Parts, REAL_PARTS } from './simulate.ts'

/** One change of the text of a file that takes part in the simulation. */
export interface Mutation {
  readonly file: keyof typeof FILES
  /** Occurs exactly once in the file. */
  readonly from: string
  readonly to: string
}

const FILES = {
  batcher: new URL('../../src/batcher.ts', import.meta.url),
  batched: new URL('../../src/strategies/batched.ts', import.meta.url),
  'coupon-model': new URL('./coupon-model.ts', import.meta.url),
}

/**
 * The parts of a simulation of which one is not as it was written.
 * @throws Error the file has changed, and `from` no longer says what is to be broken
 */
export function mutate({ file, from, to }: Mutation): Parts {
  const source = readFileSync(FILES[file], 'utf8')
  const count = source.split(from).length - 1
  if (count !== 1) {
    throw new Error(`\`from\` must occur once in ${file}.ts, and does ${count} times: ${from}`)
  }
  const mutant = source.replace(from, () => to)
  switch (file) {
    case 'batcher':
      return {
        ...REAL_PARTS,
        batchTakes: evaluate(readFileSync(FILES.batched, 'utf8'), 'batchTakes', {
          createBatcher: evaluate(mutant, 'createBatcher', {}),
          DatabaseBusyError,
          StatementError,
        }),
      }
    case 'batched':
      return {
        ...REAL_PARTS,
        batchTakes: evaluate(mutant, 'batchTakes', {
          createBatcher,
          DatabaseBusyError,
          StatementError,
        }),
      }
    case 'coupon-model':
      return { ...REAL_PARTS, createCouponModel: evaluate(mutant, 'createCouponModel', {}) }
  }
}

/** Runs the text of a module, with what it imports given, and answers with one of its functions. */
function evaluate<Result>(
  source: string,
  name: string,
  imports: Readonly<Record<string, unknown>>,
): Result {
  const body = stripTypeScriptTypes(source)
    .replaceAll(/^import [^;]*? from '.*'$/gm, '')
    .replaceAll(/^export /gm, '')
  return new Function(...Object.keys(imports), `${body}\nreturn ${name}`)(
    ...Object.values(imports),
  ) as Result
}
