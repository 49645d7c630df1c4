import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors'
import { defaultLimits } from './limits'
import { readUpload } from './read-file'

const read = (text: string | Uint8Array, name = 'file') =>
  readUpload(name, typeof text === 'string' ? new TextEncoder().encode(text) : text)

function refusal(text: string | Uint8Array, name = 'file'): string {
  try {
    read(text, name)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('encodings', () => {
  test('a byte order mark and CR LF are no part of the data', () => {
    expect(read('\uFEFF{"a":1}')).toMatchObject({ kind: 'json', value: { a: 1 } })
    expect(read('\uFEFFname,kind\r\nx,bot\r\n')).toMatchObject({ header: ['name', 'kind'], rows: [{ line: 2 }] })
  })
  test('UTF-16 is read, with and without its mark, in both orders of bytes', () => {
    expect(read(Buffer.from('\uFEFF{"a":1}', 'utf16le'))).toMatchObject({ value: { a: 1 } })
    expect(read(Buffer.from('{"a":1,"b":2}', 'utf16le'))).toMatchObject({ value: { a: 1, b: 2 } })
    expect(read(Buffer.from('\uFEFFname\tkind\r\nä\tbot\r\n', 'utf16le').swap16())).toMatchObject({
      kind: 'csv',
      rows: [{ cells: { name: 'ä', kind: 'bot' } }],
    })
    expect(refusal(Buffer.from('\uFEFF{"a":1}', 'utf16le').subarray(0, 9))).toContain('truncated')
  })
  test('UTF-32 is named', () => {
    expect(refusal(Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0]))).toContain('UTF-32')
  })
  test('Latin-1 is refused at the place of its first foreign byte', () => {
    expect(refusal(Buffer.from('name\nJos\xe9', 'latin1'))).toMatch(/not UTF-8.*line 2, column 4/)
  })
  test.each([
    ['PK\x03\x04rest', 'zip archive inside another'],
    ['%PDF-1.7', 'PDF'],
    ['a\0b', 'binary'],
    ['GIF89a\x01\0', 'is a GIF picture'],
    ['', 'is empty'],
    ['  \n\n', 'is empty'],
    ['<html></html>', 'XML or HTML'],
  ])('%j is refused', (text, reason) => {
    expect(refusal(text)).toContain(reason)
  })
})

describe('plain text', () => {
  test.each([
    'Just a sentence.',
    '# only a comment',
    '--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE app;\nALTER ROLE app WITH NOSUPERUSER;\n',
    'CREATE ROLE app; ALTER ROLE app WITH LOGIN;',
    'SET default_transaction_read_only = off;\nCREATE ROLE app;\n',
    '\\connect template1\n',
    '                    List of roles\n Role name | Attributes \n-----------+-----------\n app       | Cannot login\n',
    ' Role name | Attributes \n-----------+-----------\n app       | Cannot login\n',
    'Found 1 entry\nEntry ID         : 1\nSPIFFE ID        : spiffe://a/b\n',
  ])('%j is kept as it is', (text) => {
    expect(read(text)).toEqual({ kind: 'text', name: 'file', text })
  })
  test('a .txt that begins like YAML and is none', () => {
    expect(read('Report: today\nfailed: [ broken\n', 'report.txt').kind).toBe('text')
    expect(refusal('Report: today\nfailed: [ broken\n', 'report.yaml')).toContain('YAML')
  })
})

describe('foreign files', () => {
  test.each([
    ['89504e470d0a1a0a0000000d', 'is a PNG picture, although its name ends in .json'],
    ['ffd8ffe000104a4649460001', 'is a JPEG picture, although its name ends in .json'],
    ['474946383961010001008000', 'is a GIF picture, although its name ends in .json'],
    [
      '504b03040a00000000000000',
      'is a zip archive inside another one, although its name ends in .json; unpack it first',
    ],
    ['255044462d312e370a25e2e3', 'is a PDF document, although its name ends in .json'],
  ])('%s is named', (hex, reason) => {
    expect(refusal(Buffer.from(hex, 'hex'), 'diagram.json')).toContain(reason)
    expect(refusal(Buffer.from(hex, 'hex'), 'diagram.json')).not.toContain('zero bytes')
  })
})

describe('json', () => {
  test('syntax errors carry line and column', () => {
    expect(refusal('{\n  "a": 1,\n  b: 2\n}')).toContain('line 3, column 3')
    expect(refusal('{"a": [1, 2}')).toContain('column 12')
  })
  test('a truncated file is called truncated', () => {
    const whole = JSON.stringify({ a: ['text', true, -1.5e3], b: null })
    for (let length = 1; length < whole.length; length++) expect(refusal(whole.slice(0, length))).toContain('truncated')
  })
  test('duplicate, forbidden and escaped-duplicate keys are refused', () => {
    expect(refusal('{"a":1,"a":2}')).toContain('twice')
    expect(refusal('{"a":1,"\\u0061":2}')).toContain('twice')
    expect(refusal('{"__proto__":{"x":1}}')).toContain('forbidden key')
  })
  test('comments are passed once, however they could be read', () => {
    expect(read('/'.repeat(70_000)).kind).toBe('text')
    expect(read('/**/'.repeat(20_000)).kind).toBe('text')
    expect(read('/* a */ // b\n/**/{"a":1}', 'settings.json')).toMatchObject({ kind: 'json', value: { a: 1 } })
  })
  test('YAML in which every line stands where it may not is refused', () => {
    expect(refusal(`name: a\n${' - x: y\n'.repeat(40_000)}`, 'f.yaml')).toContain('not valid YAML')
  })
  test('a million levels are refused at once', () => {
    const started = performance.now()
    expect(refusal('['.repeat(1_000_000))).toContain('nested deeper than 64')
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(read(`${'['.repeat(64)}${']'.repeat(64)}`).kind).toBe('json')
    expect(refusal(`${'['.repeat(65)}${']'.repeat(65)}`)).toContain('nested')
  })
  test('too many values are refused before they are built', () => {
    const limits = { ...defaultLimits, values: 10 }
    expect(() => readUpload('f', new TextEncoder().encode(JSON.stringify(Array(11).fill(1))), limits)).toThrow(
      /more than 10/,
    )
  })
  test('NUL and half surrogate pairs become the replacement character', () => {
    expect(read('{"a":"x\\u0000y","b":"\\ud800","c":"\\ud83d\\ude00"}')).toMatchObject({
      value: { a: 'x\uFFFDy', b: '\uFFFD', c: '😀' },
    })
  })
  test('JSON Lines become a list; a bad line is named', () => {
    expect(read('{"a":1}\n\n{"a":2}\n')).toMatchObject({ value: [{ a: 1 }, { a: 2 }] })
    expect(refusal('{"a":1}\n{"a":}\n')).toContain('line 2')
  })
  test('comments and last commas are read as editors read them; a text that only looks like a comment stays', () => {
    expect(read('// servers\n{ "a": "x // y, }", /* b */ "c": [1, 2,], }\n')).toMatchObject({
      value: { a: 'x // y, }', c: [1, 2] },
    })
    expect(refusal('{ "a": 1,, }')).toContain('column 10')
    expect(read('// just words').kind).toBe('text')
  })
  test('values one after another, as several commands write them, become a list', () => {
    expect(read('{\n "a": [1]\n}\n{\n "b": "}{"\n}\n')).toMatchObject({ value: [{ a: [1] }, { b: '}{' }] })
    expect(read('[1][\n2]')).toMatchObject({ value: [[1], [2]] })
    expect(read('{"a":1}{"b":2}')).toMatchObject({ value: [{ a: 1 }, { b: 2 }] })
    expect(refusal('{\n}\n{"b":}')).toContain('(line 3, column 6)')
    expect(refusal('{\n}\n{"b":')).toContain('truncated')
    for (const text of ['{\n}\n"b"', '{\n}]']) expect(refusal(text)).toContain('something after the end')
  })
  test('JSON Lines with CR LF', () => {
    expect(read('{"a":1}\r\n{"a":2}\r\n')).toMatchObject({ value: [{ a: 1 }, { a: 2 }] })
  })
  test('accepts exactly what JSON.parse accepts, apart from duplicate keys', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', '\\', '0', 'e'),
        (value, at, extra) => {
          const text = JSON.stringify({ value })
          const place = at % text.length
          const mutated = text.slice(0, place) + extra + text.slice(place + (at % 2))
          let valid = true
          try {
            JSON.parse(mutated)
          } catch {
            valid = false
          }
          let reason = ''
          try {
            readUpload('f.json', new TextEncoder().encode(mutated))
          } catch (error) {
            reason = error instanceof AppError ? error.message : 'crash'
          }
          expect(reason).not.toBe('crash')
          if (valid) expect(reason === '' || reason.includes('twice') || reason.includes('forbidden')).toBe(true)
          else if (!/,\s*[}\]]/.test(mutated)) expect(reason).not.toBe('')
        },
      ),
    )
  })
})

describe('yaml', () => {
  test('documents keep their lines; empty ones are left out', () => {
    expect(read('# c\n---\na: 1\n---\n---\n# nothing\n---\r\n- b\n')).toEqual({
      kind: 'yaml',
      name: 'file',
      documents: [
        { line: 3, value: { a: 1 } },
        { line: 8, value: ['b'] },
      ],
    })
  })
  test('scalars follow YAML 1.2: yes, no and dates stay text', () => {
    expect(read('a: yes\nb: 2024-01-01\nc: 1.10\nd: ~\ne: 0x1F\n1.10: x')).toMatchObject({
      documents: [{ value: { a: 'yes', b: '2024-01-01', c: 1.1, d: null, e: 31, '1.10': 'x' } }],
    })
  })
  test('aliases and merge keys work, bombs do not', () => {
    expect(read('a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3')).toMatchObject({
      documents: [{ value: { a: { x: 1, y: 2 }, b: { x: 1, y: 3 } } }],
    })
    const names = 'abcdefghij'
    const bomb = [...names].map(
      (c, i) =>
        `${c}: &${c} [${Array(10)
          .fill(i === 0 ? 'x' : `*${names[i - 1]}`)
          .join(',')}]`,
    )
    expect(refusal(bomb.join('\n'))).toContain('alias bomb')
    expect(refusal('a: &a\n  b: *a\n')).toContain('not defined')
    expect(refusal(`a: &a 1\nb:\n${'- *a\n'.repeat(10_001)}`)).toContain('aliases')
  })
  test.each(['- ', '? ', 'a: ', '[', '{a: ', '- [', 'x: {y: '])(
    'a million nested %j are refused at once',
    (opening) => {
      const started = performance.now()
      expect(refusal(`root: 1\n---\n${opening.repeat(100_000)}`)).toContain('nested deeper than 64')
      expect(performance.now() - started).toBeLessThan(1_000)
    },
  )
  test('deep but honest nesting is read', () => {
    const text = Array.from({ length: 60 }, (_, i) => `${'  '.repeat(i)}k${i}:`).join('\n')
    expect(read(text).kind).toBe('yaml')
  })
  test('errors carry line and column', () => {
    expect(refusal('a: 1\nb:\n\t- c')).toMatch(/indented with a tab.*line 3/)
    expect(refusal('a: 1\nb: [1, 2\n')).toMatch(/line [23]/)
    expect(refusal('a: 1\na: 2\n')).toMatch(/"a" twice.*line 2/)
    expect(read('a: 1\na: 1\n').kind).toBe('yaml')
  })
  test('a Helm template is refused with the way out, a rendered file with braces in its text is not', () => {
    for (const text of [
      '{{- if .Values.rbac }}\nkind: Role\n{{- end }}\n',
      'kind: Role\nmetadata:\n  name: {{ .Values.name }}\n',
      'kind: Role\nmetadata:\n  name: "{{ .Release.Name }}-role"\n',
      'kind: Role\n{{- with .Values.labels }}\nlabels:\n  a: b\n{{- end }}\n',
    ]) {
      expect(refusal(text)).toContain('helm template')
    }
    expect(read('kind: Rule\nexpr: "{{ $value }}"\ntext: |\n  {{ .Values.x }}\n').kind).toBe('yaml')
    expect(read('env:\n  - value: "{{aws.region}}"\n').kind).toBe('yaml')
  })
})

describe('csv', () => {
  test('finds the delimiter, keeps quotes, line breaks and lines', () => {
    expect(read('name;note\n"a;b";"x\ny ""z"""\nc;d\n')).toMatchObject({
      kind: 'csv',
      rows: [
        { line: 2, cells: { name: 'a;b', note: 'x\ny "z"' } },
        { line: 4, cells: { name: 'c', note: 'd' } },
      ],
      malformed: [],
    })
    expect(read('name\tkind\na\tb\n')).toMatchObject({ header: ['name', 'kind'] })
    expect(read('Report of 2024\n\nname;kind\nsvc-a;bot\n', 'accounts.csv')).toMatchObject({
      header: ['name', 'kind'],
      rows: [{ line: 4, cells: { name: 'svc-a', kind: 'bot' } }],
    })
    expect(read('#TYPE System.Object\n"name","kind"\n"a","b"\n', 'accounts.csv')).toMatchObject({
      header: ['name', 'kind'],
    })
    // A list of one column stays one, whatever stands in it.
    expect(read('name\nsvc-a\nsvc,b\nc\n', 'accounts.csv')).toMatchObject({
      header: ['name'],
      rows: [{ line: 2 }, { line: 4 }],
    })
    expect(read('sep=|\nname|kind\na|b\n')).toMatchObject({ header: ['name', 'kind'], rows: [{ line: 3 }] })
  })
  test('a bad row costs itself only', () => {
    expect(read('a,b\n1,2\n"x"y,2\n3,4\n1,2,3\n"open,5\n6,7\nz"z,1\n8,9')).toMatchObject({
      rows: [{ line: 2 }, { line: 4 }, { line: 7 }, { line: 9 }],
      malformed: [
        { at: 'line 3', reason: expect.stringContaining('closing quote') },
        { at: 'line 5', reason: 'has 3 cells where the header has 2' },
        { at: 'line 6', reason: expect.stringContaining('closing quote') },
        { at: 'line 8', reason: expect.stringContaining('not quoted') },
      ],
    })
  })
  test('the list of bad rows is bounded and counted', () => {
    const file = read(`a,b\n${'1\n'.repeat(1_500)}1,2\n`)
    expect(file.kind === 'csv' && file.malformed.length).toBe(1_001)
    expect(file).toMatchObject({ rows: [{ line: 1_502 }] })
    expect(file.kind === 'csv' && file.malformed.at(-1)).toEqual({
      at: 'file',
      reason: '500 more malformed rows',
      count: 500,
    })
  })
  test('a quote that is never closed costs its own row', () => {
    expect(read('a,b\n"open,5\n6,7\n')).toMatchObject({
      rows: [{ line: 3 }],
      malformed: [{ at: 'line 2', reason: expect.stringContaining('never closed') }],
    })
  })
  test('long cells, twin and empty column names, one column', () => {
    expect(read(`a,b\n${'x'.repeat(70_000)},1\n2,3\n`)).toMatchObject({
      rows: [{ line: 3 }],
      malformed: [{ at: 'line 2' }],
    })
    expect(read('a,a,\n1,2,3\n')).toMatchObject({ header: ['a', 'a (2)', 'column 3'] })
    expect(read('name\nx\n', 'f.csv')).toMatchObject({ kind: 'csv', rows: [{ cells: { name: 'x' } }] })
    expect(refusal('__proto__,b\n1,2')).toContain('forbidden')
  })
  test('row limit', () => {
    const limits = { ...defaultLimits, rows: 2 }
    expect(() => readUpload('f', new TextEncoder().encode('a,b\n1,2\n1,2\n1,2\n'), limits)).toThrow(/more than 2 rows/)
  })
  test('reads back what it is given, whatever the cells hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é') })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = ['name,kind', ...rows.map((row) => row.map(quote).join(','))].join('\n')
        const file = read(text, 'f.csv')
        expect(file.kind === 'csv' && file.rows.map((row) => [row.cells.name, row.cells.kind])).toEqual(rows)
      }),
    )
  })
})

describe('gzip', () => {
  test('unpacks, and stops at a bomb, a torn file and a second layer', { timeout: 30_000 }, () => {
    expect(read(gzipSync('{"a":1}'), 'f.json.gz')).toMatchObject({ kind: 'json', value: { a: 1 } })
    expect(refusal(gzipSync(Buffer.alloc(50_000_000)))).toContain('100 times')
    expect(refusal(gzipSync('{"a":1}').subarray(0, 20))).toContain('truncated gzip')
    expect(refusal(gzipSync(gzipSync('{"a":1}')))).toContain('packed twice')
  })
})
