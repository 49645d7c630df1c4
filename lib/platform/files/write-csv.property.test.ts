import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvRecords } from './csv-records'
import { guardFormula, unguardFormula, writeCsvLine } from './write-csv'

/** How a reader with these settings splits a text: cells end at the separator and at line breaks, quotes or not. */
function naiveCells(text: string, separator: string): string[] {
  return text.split(new RegExp(`[${separator}\\r\\n]`))
}

/** What a spreadsheet would run: a sign first, once blanks and quotes before it are dropped. */
const runs = (cell: string) => /^["\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell)

const attacks = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '"=1',
  ' " =1',
  "'=1",
  "''=1",
  '＝1',
  '＋1',
  '－1',
  '＠SUM(1)',
  '=cmd|"/C calc"!A0',
  '=HYPERLINK("http://x")',
  '\u00a0=1',
  '\u3000=1',
  'name;=1+1',
  'name\t=1+1',
  'name\n=1+1',
  'name\r\n=1+1',
  'name";=1+1',
  'name;"=1+1"',
  'a\n\t;=1',
  '\t',
  '\ttext',
  '\rtext',
]

describe('a text in a spreadsheet', () => {
  it.each(attacks)('%j runs nowhere, and comes back', (attack) => {
    const line = writeCsvLine(['first', attack, 'last'])
    const [record] = [new CsvRecords(line, ',', 10_000, 1_000).next()]
    const cells = record && 'cells' in record ? record.cells : []
    expect(cells.filter(runs)).toEqual([])
    expect(cells.map(unguardFormula)).toEqual(['first', attack, 'last'])
    for (const separator of [';', '\t']) expect(naiveCells(guardFormula(attack), separator).filter(runs)).toEqual([])
  })

  it.each(['plain', 'arn:aws:iam::1:user/a-b=c', 'a,b', 'say "no"', "it's", 'a; b', '100%', '', 'ü 漢'])(
    '%j is left as it is',
    (text) => expect(guardFormula(text)).toBe(text),
  )

  it('round-trips through CSV, whatever it is', () => {
    const part = fc.constantFrom('=', '-', '＠', "'", '"', ' ', '\t', '\r', '\n', ';', ',', 'a', '+1', '漢')
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''))
    const table = fc.array(fc.tuple(text, text, fc.string()), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(table, (rows) => {
        const records = new CsvRecords(rows.map((cells) => writeCsvLine(['#', ...cells])).join(''), ',', 10_000, 1_000)
        return rows.every((cells) => {
          const record = records.next()
          const read = record && 'cells' in record ? record.cells : []
          const isBack = JSON.stringify(read.map(unguardFormula)) === JSON.stringify(['#', ...cells])
          return isBack && !read.some((cell) => [';', '\t'].some((separator) => naiveCells(cell, separator).some(runs)))
        })
      }),
      { numRuns: 10_000 },
    )
  })

  it('writes numbers, truths, lists and nothing', () => {
    expect(writeCsvLine([-5, true, null, ['a', 'b'], [], 'x'])).toBe('-5,true,,"a; b",,x\r\n')
  })
})
