import { SaxesParser } from 'saxes'
import type { ByteSource } from './byte-source'
import { type FileLimits, formatBytes } from './limits'
import type { CsvTable } from './read-csv'
import type { ZipMember } from './read-zip'
import { refuseFile } from './refuse-file'
import { columnOf, SheetCells } from './sheet-cells'

/** A sheet that holds anything, read as a table when it is asked for. */
export interface WorkbookSheet {
  title: string
  read: () => CsvTable
}

interface Tag {
  name: string
  attributes: Record<string, string>
}

interface Handlers {
  open?: (tag: Tag) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

export const isWorkbook = (members: readonly ZipMember[]): boolean =>
  members.some(({ name }) => name === 'xl/workbook.xml')

/** Reads XML (UTF-8 or UTF-16) as it comes; entities other than XML's own are an error, so nothing can expand. */
function readXml(name: string, source: ByteSource, handlers: Handlers): void {
  const parser = new SaxesParser({ xmlns: false })
  parser.on('opentag', ({ name: tag, attributes }) =>
    handlers.open?.({ name: withoutPrefix(tag), attributes: attributes as Record<string, string> }),
  )
  parser.on('text', (text) => handlers.text?.(text))
  parser.on('cdata', (text) => handlers.text?.(text))
  parser.on('closetag', ({ name: tag }) => handlers.close?.(withoutPrefix(tag)))
  parser.on('error', (error) => {
    throw refuseFile(name, `has a damaged sheet (${error.message.slice(0, 80)})`)
  })
  let decoder: TextDecoder | undefined
  for (const chunk of source.chunks()) {
    decoder ??= new TextDecoder(chunk[0] === 0xff ? 'utf-16le' : 'utf-8')
    parser.write(decoder.decode(chunk, { stream: true }))
  }
  parser.write(decoder?.decode() ?? '')
  parser.close()
}

const withoutPrefix = (tag: string) => tag.slice(tag.indexOf(':') + 1)

/**
 * The sheets of an Excel workbook (.xlsx, .xlsm) as tables with a header: values as they are shown, formulas by their last
 * result, dates in ISO 8601, a merged cell's value in all of its cells. Nothing is calculated and no link is followed.
 * @throws AppError `invalid_input` when it is damaged or larger than the limits
 */
export function readWorkbook(name: string, members: readonly ZipMember[], limits: FileLimits): WorkbookSheet[] {
  const files = new Map(members.map((member) => [member.name, member.source]))
  const sheets: { title: string; ref: string }[] = []
  let from1904 = false
  const workbook = files.get('xl/workbook.xml')
  if (workbook === undefined) throw refuseFile(name, 'is not a whole Excel workbook')
  const read = members.filter((member) => /^xl\/(?:worksheets\/|sharedStrings)/.test(member.name))
  if (read.reduce((sum, { bytes }) => sum + bytes, 0) > limits.workbookBytes) {
    const limit = formatBytes(limits.workbookBytes)
    throw refuseFile(name, `holds more than ${limit} of cells, which are read at once; save its sheets as CSV in UTF-8`)
  }
  readXml(name, workbook, {
    open: ({ name: tag, attributes }) => {
      if (tag === 'sheet') sheets.push({ title: attributes.name ?? '', ref: attributes['r:id'] ?? '' })
      if (tag === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
    },
  })
  if (sheets.length > limits.archiveFiles) throw refuseFile(name, `holds more than ${limits.archiveFiles} sheets`)
  const targets = new Map<string, string>()
  const links = files.get('xl/_rels/workbook.xml.rels')
  if (links !== undefined) {
    readXml(name, links, {
      open: ({ name: tag, attributes }) => {
        if (tag !== 'Relationship') return
        const target = attributes.Target ?? ''
        targets.set(attributes.Id ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`)
      },
    })
  }
  const texts = readTexts(name, files.get('xl/sharedStrings.xml'))
  const dateStyles = readDateStyles(name, files.get('xl/styles.xml'))
  return sheets.flatMap(({ title, ref }, index) => {
    const source = files.get(targets.get(ref) ?? `xl/worksheets/sheet${index + 1}.xml`)
    if (source === undefined) return []
    return [{ title, read: () => readSheet(name, source, { texts, dateStyles, from1904 }, limits) }]
  })
}

/** The texts that cells refer to by number; what is written above characters to pronounce them is left out. */
function readTexts(name: string, source: ByteSource | undefined): string[] {
  const texts: string[] = []
  if (source === undefined) return texts
  let current = ''
  let isText = false
  let isSpoken = false
  readXml(name, source, {
    open: ({ name: tag }) => {
      if (tag === 'si') current = ''
      if (tag === 'rPh') isSpoken = true
      isText = tag === 't' && !isSpoken
    },
    text: (text) => {
      if (isText) current += text
    },
    close: (tag) => {
      if (tag === 't') isText = false
      if (tag === 'rPh') isSpoken = false
      if (tag === 'si') texts.push(current)
    },
  })
  return texts
}

/** Numbers of the styles that show a number as a date or a time. */
function readDateStyles(name: string, source: ByteSource | undefined): Set<number> {
  const styles = new Set<number>()
  if (source === undefined) return styles
  const written = new Map<number, string>()
  let isCellStyle = false
  let no = 0
  readXml(name, source, {
    open: ({ name: tag, attributes }) => {
      if (tag === 'numFmt') written.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
      if (tag === 'cellXfs') isCellStyle = true
      if (tag === 'xf' && isCellStyle) {
        if (isDateFormat(Number(attributes.numFmtId ?? 0), written)) styles.add(no)
        no += 1
      }
    },
    close: (tag) => {
      if (tag === 'cellXfs') isCellStyle = false
    },
  })
  return styles
}

function isDateFormat(id: number, written: Map<number, string>): boolean {
  const code = written.get(id)
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 58 && id !== 49)
  return /[ymdhs]/i.test(code.replaceAll(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ''))
}

interface Book {
  texts: string[]
  dateStyles: Set<number>
  from1904: boolean
}

function readSheet(name: string, source: ByteSource, book: Book, limits: FileLimits): CsvTable {
  const cells = new SheetCells(name, limits)
  let row = 0
  let column = 0
  let type = ''
  let style = 0
  let value = ''
  let isValue = false
  readXml(name, source, {
    open: ({ name: tag, attributes }) => {
      if (tag === 'row') {
        row = Number(attributes.r ?? row + 1)
        column = 0
      } else if (tag === 'c') {
        column = columnOf(attributes.r) ?? column + 1
        type = attributes.t ?? 'n'
        style = Number(attributes.s ?? 0)
        value = ''
      } else if (tag === 'mergeCell') cells.merge(attributes.ref ?? '')
      isValue = tag === 'v' || (tag === 't' && type === 'inlineStr')
    },
    text: (text) => {
      if (isValue) value += text
    },
    close: (tag) => {
      isValue = false
      if (tag === 'c') cells.set(row, column, shownValue(value, type, style, book))
    },
  })
  return cells.table()
}

function shownValue(value: string, type: string, style: number, { texts, dateStyles, from1904 }: Book): string {
  if (type === 's') return texts[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  if (type !== 'n' || value === '') return type === 'd' ? value.replace(/T00:00:00(?:\.0+)?$/, '') : value
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  if (!dateStyles.has(style)) return String(Number(number.toPrecision(15)))
  // Day 0 is 1899-12-30, as day 60 never was; day 0 of the other count is 1904-01-01.
  const instant = new Date(Math.round((number + (from1904 ? 1462 : 0) - 25_569) * 86_400) * 1000)
  if (Number.isNaN(instant.getTime())) return value
  const text = instant.toISOString()
  if (number < 1) return text.slice(11, 19)
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19)
}
