import { type ByteSource, firstBytes, type RangedSource } from './byte-source'
import { type FileLimits, formatBytes } from './limits'
import type { UploadedFile } from './read-file'
import { isWorkbook, readWorkbook } from './read-workbook'
import { isZip, readZip } from './read-zip'
import { refuseFile, refuseForeign } from './refuse-file'
import { gunzipSource, isGzip } from './unpack-gzip'

/** One of the files in an upload: bytes to read, or a table of a workbook. */
export type OpenedFile = { name: string; source: ByteSource } | { name: string; table: () => UploadedFile }

/**
 * What an upload holds: itself, the members of a .zip (`name/path`) or the sheets of a workbook (`name [sheet]`, or `name`
 * when only one holds anything). A .gz is unpacked while it is read. Archives in archives are refused when they are read.
 * @throws AppError `invalid_input` when the upload as a whole cannot be opened
 */
export function openUpload(name: string, source: RangedSource, limits: FileLimits): OpenedFile[] {
  const packed = firstBytes(source, 8)
  if (packed.byteLength === 0) throw refuseFile(name, 'is empty')
  if (isGzip(packed)) {
    const unpacked = gunzipSource(name, source, limits)
    const head = firstBytes(unpacked, 8)
    if (isGzip(head)) throw refuseFile(name, 'is packed twice; unpack it once and upload the result')
    if (isZip(head)) throw refuseFile(name, 'is a zip archive inside a .gz; unpack it once and upload the result')
    return [{ name, source: unpacked }]
  }
  if (!isZip(packed)) return [{ name, source }]
  if (source.size > limits.uploadBytes) throw refuseFile(name, `is larger than ${formatBytes(limits.uploadBytes)}`)
  const members = readZip(name, source, limits)
  if (isWorkbook(members)) return openWorkbook(name, members, limits)
  const names = new Set(members.map((member) => member.name))
  if (names.has('word/document.xml') || names.has('ppt/presentation.xml'))
    throw refuseForeign(name, 'is a text document or a presentation')
  if (names.has('mimetype') && names.has('content.xml'))
    throw refuseForeign(name, 'is an OpenDocument file; save it as .xlsx or as CSV in UTF-8')
  if (members.length === 0) throw refuseForeign(name, 'is an empty zip archive')
  return members.map((member) => ({ name: `${name}/${member.name}`, source: member.source }))
}

function openWorkbook(name: string, members: ReturnType<typeof readZip>, limits: FileLimits): OpenedFile[] {
  const filled = readWorkbook(name, members, limits)
    .map(({ title, read }) => ({ title, table: read() }))
    .filter(({ table }) => table.header.length > 0)
  if (filled.length === 0) throw refuseFile(name, 'is a workbook whose sheets are all empty')
  return filled.map(({ title, table }) => {
    const shown = filled.length === 1 ? name : `${name} [${title}]`
    return { name: shown, table: () => ({ kind: 'csv', name: shown, ...table }) }
  })
}
