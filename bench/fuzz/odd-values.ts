import type { Random } from './random'

/** What JSON.stringify cannot write is put in as a text of this kind and replaced in the finished text. */
const raw = (what: string) => `@@raw:${what}@@`

const numbers = [
  '1e400',
  '-1e400',
  '123456789012345678901234567890',
  '1e-400',
  '-0',
  '0.1e1',
  '9007199254740993',
  '1E+2',
]
const texts = [
  '',
  ' ',
  '*',
  '/',
  '\\',
  '"',
  "'",
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\u202eabc',
  '\ufeff',
  '😀'.repeat(50),
  'é',
  'e\u0301',
  'ﷺ',
  'İ',
  '\r\n',
  '\u2028',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e999',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00.001Z',
  '2024-02-30',
  '1970-01-01T00:00:00+99:99',
  '99999999999999999999',
  'arn:aws:iam::::',
  'arn:',
  ':::::::::::',
  '//////',
  '../../../../etc/passwd',
  'https://[::1',
  'spiffe://',
  'serviceAccount:',
  'user:@',
  '%{jndi:ldap://x}',
  '{{ .Values.x }}',
  '=1+1',
  '<script>alert(1)</script>',
  "'; DROP TABLE identity; --",
  '%00',
  '%',
  '%ZZ',
  '(a+)+$',
  '[',
  '***',
]
export const oddKeys = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'length',
  'hasOwnProperty',
  '0',
  '-1',
  ' ',
  '\u0000',
  '$ref',
  'a.b',
]

/** Any value that a hostile or careless file may hold where another is expected. */
export function oddValue(random: Random): unknown {
  switch (random.below(12)) {
    case 0:
      return null
    case 1:
      return random.pick<unknown>([true, false])
    case 2:
      return random.pick<unknown>([0, -1, 1.5, 2 ** 53, 1e308, -1e308, 5e-324, 253402300800000, 8.64e15 + 1])
    case 3:
      return raw(`number:${random.pick(numbers)}`)
    case 4:
      return random.pick<unknown>([
        [],
        {},
        [[]],
        [{}],
        [null],
        { '': '' },
        [[[[]]]],
        { length: 5 },
        { __class__: 'datetime' },
      ])
    case 5:
      return raw(`deep:${random.pick([5, 30, 63, 64, 65, 200, 5000])}:${random.pick(['[', '{'])}`)
    case 6:
      return random.pick(['x', 'é', '/', '*', '"', 'a,', ':', '\n']).repeat(random.pick([10, 1_000, 20_000, 70_000]))
    case 7:
      return Array.from({ length: random.pick([3, 300, 3000]) }, () => random.pick(texts))
    case 8:
      return Object.fromEntries(oddKeys.map((key) => [key, random.pick(texts)]))
    default:
      return random.pick(texts)
  }
}

export function oddText(random: Random): string {
  return random.pick(texts)
}

/** The finished text, with what JSON itself could not write; `"a": 1` may also come twice with another value. */
export function writeRaw(text: string, random: Random): string {
  // A value that was repeated may be deep in each of its places: together they must stay a text.
  let room = 10_000_000
  const whole = text.replace(
    /"@@raw:(number|deep):([^:@"]+)(?::(.))?@@"/g,
    (_all, kind: string, what: string, open?: string) => {
      if (kind === 'number') return what
      const levels = Math.min(Number(what), Math.max(1, room))
      room -= levels
      return open === '{'
        ? `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
        : `${'['.repeat(levels)}${']'.repeat(levels)}`
    },
  )
  if (!random.once(25)) return whole
  const members = [...whole.slice(0, 50_000).matchAll(/"[^"\\]{1,40}":\s*(?:"[^"\\]{0,40}"|\d+|null|true|false)/g)]
  const member = members.length > 0 ? random.pick(members) : undefined
  return member ? `${whole.slice(0, member.index)}${member[0]},${whole.slice(member.index)}` : whole
}
