import { gzipSync } from 'node:zlib'
import type { Random } from './random'
import { zipOf } from './zip-file'

type Change = (bytes: Buffer, random: Random, other: () => Buffer) => Buffer

const text = (value: string) => Buffer.from(value, 'utf8')
const cut = (bytes: Buffer, random: Random) => random.below(bytes.byteLength + 1)
const into = (bytes: Buffer, at: number, piece: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])

const bomb = (name: string, random: Random) =>
  text(
    `${name}: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: random.pick([3, 9, 30]) }, (_, n) => `k${n}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`).join('\n')}\n`,
  )

const markup = [
  '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
  '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
  '<!doctype html><html><body>Sign in</body></html>',
]
const yaml = [
  'a: &a\n  <<: *a\n  b: *a\n',
  'x: !!js/function "function () { return 1 }"\n',
  'x: !!binary "////"\ny: !!set {a, b}\nz: !!timestamp 2001-12-14t21:59:43.10-05:00\n',
  '? [a, b]\n: c\n? {d: e}\n: f\n',
  '%YAML 9.9\n---\na: 1\n...\n---\n',
  'a: |\n  b\n c\n',
  `${'- '.repeat(2000)}x\n`,
  `${'{a: '.repeat(500)}1${'}'.repeat(500)}\n`,
  'a: 0o17\nb: 0x1F\nc: 1_000\nd: 12e03\ne: .inf\nf: -.NaN\ng: ~\n',
]

const changes: Change[] = [
  function truncate(bytes, random) {
    return bytes.subarray(0, cut(bytes, random))
  },
  function behead(bytes, random) {
    return bytes.subarray(cut(bytes, random))
  },
  function flip(bytes, random) {
    const copy = Buffer.from(bytes)
    for (let left = 1 + random.below(20); left > 0 && copy.byteLength > 0; left--) {
      const at = random.below(copy.byteLength)
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
    }
    return copy
  },
  function insert(bytes, random) {
    const pieces = [
      '\u0000',
      '{',
      ']',
      '"',
      ',',
      '\\',
      '\n',
      ': ',
      '#',
      '//',
      '/*',
      '\ufeff',
      '&a ',
      '*a',
      '\t',
      '|',
      '<<: *x',
      '---\n',
    ]
    let next = bytes
    for (let left = 1 + random.below(5); left > 0; left--)
      next = into(next, cut(next, random), text(random.pick(pieces)))
    return next
  },
  function overwrite(bytes, random) {
    const copy = Buffer.from(bytes)
    const at = cut(copy, random)
    for (let n = at; n < Math.min(at + 64, copy.byteLength); n++) copy[n] = random.below(256)
    return copy
  },
  function drop(bytes, random) {
    const at = cut(bytes, random)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.pick([1, 10, 1_000]))])
  },
  function mark(bytes, random) {
    return Buffer.concat([
      random.pick([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from([0xff, 0xfe]),
        Buffer.from([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf]),
      ]),
      bytes,
    ])
  },
  function lineEnds(bytes, random) {
    return text(bytes.toString('utf8').replace(/\r?\n/g, random.pick(['\r\n', '\r', '\n\n', '\u2028'])))
  },
  function recode(bytes, random) {
    const whole = bytes.toString('utf8')
    const wide = Buffer.from(`\ufeff${whole}`, 'utf16le')
    return random.pick([
      () => wide,
      () => wide.subarray(2),
      () => Buffer.from(wide).swap16(),
      () => Buffer.from(`${whole}é ü ÿ`, 'latin1'),
    ])()
  },
  function pack(bytes, random) {
    const once = gzipSync(bytes, { level: 1 })
    return random.pick([
      () => once,
      () => gzipSync(once),
      () => once.subarray(0, cut(once, random)),
      () => Buffer.concat([once, once]),
      () => gzipSync(Buffer.alloc(2_000_000)),
    ])()
  },
  function archive(bytes, random, other) {
    const name = random.pick([
      'a.json',
      'folder/b.yaml',
      '../../up.json',
      '/root.csv',
      'C:\\x.json',
      'a'.repeat(400),
      '',
      'x.zip',
      '__MACOSX/._a.json',
      '\u0000',
    ])
    const entries = [{ name, bytes }]
    const whole = random.pick([
      () => zipOf(entries),
      () => zipOf([...entries, { name: 'other.json', bytes: other() }, { name, bytes: other() }]),
      () => zipOf([{ name: 'inner.zip', bytes: zipOf(entries) }]),
      () => zipOf(entries, { lies: true }),
      () => zipOf(Array.from({ length: 300 }, (_, n) => ({ name: `f${n}.json`, bytes: text('{}') }))),
      () => zipOf([{ name: 'zeros.json', bytes: Buffer.alloc(3_000_000) }]),
      () => zipOf([]),
    ])()
    return random.once(4) ? whole.subarray(0, cut(whole, random)) : whole
  },
  function twice(bytes, random, other) {
    return Buffer.concat([
      bytes,
      text(random.pick(['', '\n', '\n---\n', ',', '\u001e'])),
      random.once(2) ? bytes : other(),
    ])
  },
  function wrap(bytes, random) {
    const whole = bytes.toString('utf8')
    const ways = [
      `{"status_code":200,"data":${whole}}`,
      `{"value":[${whole}],"@odata.nextLink":"x"}`,
      `{"items":[${whole}]}`,
      `{"SOME_NAME":${whole},"OTHER":[]}`,
      `{"version":1,"interactions":[{"request":{},"response":{"body":{"string":${JSON.stringify(whole)}}}}]}`,
      `[${whole},${whole}]`,
      `[[${whole}]]`,
      JSON.stringify(whole),
      `)]}',\n${whole}`,
      `// note\n${whole}`,
      `{"errors":[{"message":"Not Found"}],"status":404}`,
    ]
    return text(random.pick(ways))
  },
  function lines(bytes) {
    try {
      const value: unknown = JSON.parse(bytes.toString('utf8'))
      const list = Array.isArray(value) ? value : Object.values(value ?? {})
      return text(list.map((entry) => JSON.stringify(entry)).join('\n'))
    } catch {
      return text(bytes.toString('utf8').split('\n').reverse().join('\n'))
    }
  },
  function foreign(bytes, random) {
    const whole = random.pick([...markup, ...yaml, ' \n\t\n', '', '\u0000', '[]', '{}', 'null', '[null]', '"', '0'])
    return random.pick([text(whole), Buffer.concat([text(whole), bytes]), Buffer.concat([bytes, text(`\n${whole}`)])])
  },
  function aliases(bytes, random) {
    return random.pick([bomb('a', random), Buffer.concat([bytes, text('\n'), bomb('zz', random)])])
  },
  function rows(bytes, random) {
    const head = bytes.toString('utf8').split('\n', 1)[0] ?? 'name'
    const row = random.pick(['"open', ',,,,,,,', 'a', '=cmd()', '"a""b",c', '{"a":', '{}', 'null', ' - x: y'])
    return text(`${head}\n${`${row}\n`.repeat(random.pick([10, 1_000, 20_000]))}`)
  },
]

/** Damages a file's bytes in 1 to 3 ways and tells which. `other`: another file of the corpus. */
export function mutateBytes(bytes: Buffer, random: Random, other: () => Buffer): { bytes: Buffer; told: string[] } {
  const told: string[] = []
  let next = bytes
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const change = random.pick(changes)
    next = change(next, random, other)
    told.push(change.name)
    if (next.byteLength > 8_000_000) break
  }
  return { bytes: next, told }
}
