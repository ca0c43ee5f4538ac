import fc from 'fast-check'

/** Part of what a caller sends as a value: no error may repeat it. */
export const SENT_SECRET = 's3cr3t'

/** Texts that break programs. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme-composite', maxLength: 20 }),
  fc.stringMatching(/^[A-Za-z0-9 -]{1,20}$/),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\uD800',
    '\u202Eabc',
    'ﬁﬁﬁﬁﬁﬁﬁﬁ',
    'İİİİİİİİ',
    'ⅷⅷⅷⅷⅷⅷⅷⅷ',
    '%00%0a%0d',
    "' OR 1=1 --",
    '<script>alert(1)</script>',
    '../../../etc/passwd',
    'WELCOME10\r\nX-Injected: 1',
    '__proto__',
    'constructor',
    'A'.repeat(5_000),
    '9'.repeat(400),
    SENT_SECRET,
    `${SENT_SECRET} ${SENT_SECRET}`,
  ),
)

/** Names that objects have anyway. */
const hostileNames = fc.oneof(
  fc.constantFrom('toString', 'valueOf', 'hasOwnProperty', 'length', 'then', 'toJSON', ''),
  fc.string({ maxLength: 8 }),
)

/** Whatever JSON can hold. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    hostileText,
    fc.constantFrom(null, true, false, 0, -1, 1e308, 2 ** 53, -0, 0.1),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(hostileNames, tie('any'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).any

/** Variables of these names: some of what is expected, some hostile, some missing. */
export function variablesLike(example: object): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: changed(example) }, { weight: 1, arbitrary: hostileJson })
}

/** A value that keeps its form, but for some part of it. */
function changed(example: unknown): fc.Arbitrary<unknown> {
  const kept = fc.constant(example)
  const hostile = fc.oneof(hostileText, hostileJson)
  if (Array.isArray(example)) {
    return fc.oneof(kept, fc.array(hostile, { maxLength: 30 }), hostileJson)
  }
  if (typeof example !== 'object' || example === null) {
    return fc.oneof({ weight: 3, arbitrary: kept }, { weight: 2, arbitrary: hostile })
  }
  const fields = Object.entries(example).map(([name, value]) => [name, changed(value)] as const)
  const model = Object.fromEntries(fields)
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(model, { requiredKeys: [] }) },
    { weight: 4, arbitrary: fc.record(model) },
    { weight: 1, arbitrary: hostileJson },
  )
}
