import { describe, expect, it } from 'vitest'
import { type Caller, isPublic, nameOf } from './caller.ts'

const CALLERS: readonly [Pick<Caller, 'kind' | 'by'>, name: string, isPublic: boolean][] = [
  [{ kind: 'publishable', by: 'key' }, 'publishable key', true],
  [{ kind: 'secret', by: 'key' }, 'secret key', false],
  [{ kind: 'staff', by: 'key' }, 'staff key', false],
  [{ kind: 'token', by: 'token' }, 'token', true],
  [{ kind: 'publishable', by: 'token' }, 'publishable token', true],
  [{ kind: 'staff', by: 'token' }, 'staff token', true],
]

describe('a caller', () => {
  it.each(CALLERS)('%j is called a %s, and anybody can be one: %s', (caller, name, can) => {
    expect([nameOf(caller), isPublic(caller)]).toEqual([name, can])
  })
})
