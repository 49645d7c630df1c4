import { gzipSync } from 'node:zlib'
import { strToU8, type Zippable, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { bytesSource, readUpTo } from './byte-source'
import { defaultLimits } from './limits'
import { openUpload } from './open-upload'

const open = (bytes: Uint8Array, name = 'a.zip', limits = defaultLimits) => openUpload(name, bytesSource(bytes), limits)
const textOf = (file: ReturnType<typeof open>[number] | undefined) =>
  file && 'source' in file ? new TextDecoder().decode(readUpTo(file.source, 1e6).bytes) : undefined
const tableOf = (file: ReturnType<typeof open>[number] | undefined) => {
  const read = file && 'table' in file ? file.table() : undefined
  if (read?.kind !== 'csv') throw new Error('no table')
  return read
}

describe('archives', () => {
  test('each member is a file; folders and what a Mac adds are left out, names lead nowhere else', () => {
    const bytes = zipSync({
      'one.json': strToU8('{"a":1}'),
      'dir/': new Uint8Array(),
      'dir/two.csv': [strToU8('name\nx\n'), { level: 0 }],
      '__MACOSX/one.json': strToU8('x'),
      '../../etc/passwd': strToU8('root'),
      'C:\\Users\\x\\three.yaml': strToU8('a: 1'),
    })
    const files = open(bytes)
    expect(files.map(({ name }) => name)).toEqual([
      'a.zip/one.json',
      'a.zip/dir/two.csv',
      'a.zip/etc/passwd',
      'a.zip/Users/x/three.yaml',
    ])
    expect(files.map(textOf)).toEqual(['{"a":1}', 'name\nx\n', 'root', 'a: 1'])
  })

  test('a bomb, a damaged member, too many files and a torn archive are refused', { timeout: 30_000 }, () => {
    const bomb = open(zipSync({ 'b.json': new Uint8Array(3_000_000) }))
    expect(() => textOf(bomb[0])).toThrow('100 times')
    const whole = zipSync({ 'b.json': [strToU8('{"a":"unmistakable"}'), { level: 0 }] })
    const torn = whole.slice()
    torn.set(strToU8('X'), Buffer.from(torn).indexOf('unmistakable'))
    expect(() => textOf(open(torn)[0])).toThrow('damaged inside its archive')
    expect(() => open(whole.subarray(0, whole.length - 30))).toThrow('damaged or truncated zip')
    const many: Zippable = Object.fromEntries(Array.from({ length: 201 }, (_, no) => [`${no}`, new Uint8Array()]))
    expect(() => open(zipSync(many))).toThrow('more than 200 files')
    expect(() => open(zipSync({}))).toThrow('empty zip archive')
    expect(() => open(gzipSync(whole))).toThrow('inside a .gz')
  })

  test('a file that is packed by gzip and one that is not packed are themselves', () => {
    expect(open(gzipSync('{"a":1}'), 'a.json.gz').map(textOf)).toEqual(['{"a":1}'])
    expect(open(strToU8('{"a":1}'), 'a.json').map(({ name }) => name)).toEqual(['a.json'])
  })
})

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** A workbook of the sheets' rows as XML, with one style that shows dates (1) and one that shows text as it is (0). */
function workbook(sheets: Record<string, string>, texts: string[] = []): Uint8Array {
  const titles = Object.keys(sheets)
  const files: Zippable = {
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8(
      `<?xml version="1.0"?><workbook xmlns="${main}" xmlns:r="r"><workbookPr/><sheets>${titles.map((title, no) => `<sheet name="${title}" sheetId="${no + 1}" r:id="rId${no + 1}"/>`).join('')}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      `<Relationships>${titles.map((_, no) => `<Relationship Id="rId${no + 1}" Target="worksheets/s${no}.xml"/>`).join('')}</Relationships>`,
    ),
    'xl/styles.xml': strToU8(
      `<styleSheet xmlns="${main}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>`,
    ),
    'xl/sharedStrings.xml': strToU8(`<sst xmlns="${main}">${texts.join('')}</sst>`),
  }
  for (const [no, title] of titles.entries())
    files[`xl/worksheets/s${no}.xml`] = strToU8(`<worksheet xmlns="${main}">${sheets[title]}</worksheet>`)
  return zipSync(files)
}
const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`

describe('workbooks', () => {
  test('one with more cells than can be held is refused, with what to do instead', () => {
    const bytes = workbook({ Accounts: '<sheetData/>' }, ['a text'])
    const limits = { ...defaultLimits, workbookBytes: 100 }
    expect(() => open(bytes, 'b.xlsx', limits)).toThrow('holds more than 100 bytes of cells')
    expect(() => open(bytes, 'b.xlsx', limits)).toThrow('save its sheets as CSV')
  })

  test('each sheet is a table: titles, texts, numbers, dates in ISO 8601, the last result of a formula', () => {
    const rows = `<sheetData>
      <row r="1">${text('A1', 'List of accounts')}</row>
      <row r="3">${text('A3', 'name')}<c r="B3" t="s"><v>0</v></c>${text('C3', 'age')}${text('D3', 'on')}${text('E3', 'text')}</row>
      <row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4" s="1"><v>45000</v></c><c r="C4"><f>1+1</f><v>0.30000000000000004</v></c><c r="D4" t="b"><v>1</v></c><c r="E4" t="str"><f>A4</f><v>bot &amp; co</v></c></row>
      <row r="6">${text('A6', 'other')}<c r="B6" s="1"><v>45000.5</v></c><c r="C6" t="e"><v>#N/A</v></c></row>
    </sheetData>`
    const strings = ['<si><t>created</t></si>', '<si><r><t>deploy</t></r><r><t> bot</t></r><rPh><t>x</t></rPh></si>']
    const [sheet, ...others] = open(workbook({ Accounts: rows, Empty: '<sheetData/>' }, strings), 'b.xlsx')
    expect(others).toEqual([])
    const table = tableOf(sheet)
    expect(table).toMatchObject({ name: 'b.xlsx', header: ['name', 'created', 'age', 'on', 'text'] })
    expect(table.rows).toEqual([
      { line: 4, cells: { name: 'deploy bot', created: '2023-03-15', age: '0.3', on: 'TRUE', text: 'bot & co' } },
      { line: 6, cells: { name: 'other', created: '2023-03-15T12:00:00', age: '#N/A', on: '', text: '' } },
    ])
  })

  test('several sheets are told apart by name, and a merged cell speaks for all of its rows', () => {
    const rows = `<sheetData><row r="1">${text('A1', 'owner')}${text('B1', 'name')}</row><row r="2">${text('A2', 'Ada')}${text('B2', 'one')}</row><row r="3">${text('B3', 'two')}</row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>`
    const files = open(workbook({ First: rows, 'Second one': rows }), 'b.xlsx')
    expect(files.map(({ name }) => name)).toEqual(['b.xlsx [First]', 'b.xlsx [Second one]'])
    expect(tableOf(files[1]).rows.map(({ cells }) => cells)).toEqual([
      { owner: 'Ada', name: 'one' },
      { owner: 'Ada', name: 'two' },
    ])
  })

  test('entities of its own and damaged sheets are refused, other office files are named', () => {
    const rows = `<sheetData><row r="1">${text('A1', '&bomb;')}</row></sheetData>`
    expect(() => open(workbook({ One: rows }), 'b.xlsx')).toThrow('damaged sheet')
    expect(() => open(zipSync({ 'word/document.xml': strToU8('<a/>') }), 'b.docx')).toThrow('text document')
    expect(() => open(zipSync({ mimetype: strToU8('x'), 'content.xml': strToU8('<a/>') }), 'b.ods')).toThrow(
      'OpenDocument',
    )
    expect(() => open(workbook({ One: '<sheetData/>' }), 'b.xlsx')).toThrow('all empty')
  })
})
