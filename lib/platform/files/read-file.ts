import { decodeText } from './decode-text'
import { detectKind } from './detect-kind'
import { defaultLimits, type FileLimits, formatBytes } from './limits'
import { type CsvTable, readCsv } from './read-csv'
import { readJson } from './read-json'
import { readYaml, type YamlDocument } from './read-yaml'
import { refuseFile, refuseForeign } from './refuse-file'
import { isGzip, unpackGzip } from './unpack-gzip'

/** A file after bounded reading: decoded, of known kind, within every limit. */
export type UploadedFile =
  | { kind: 'json'; name: string; value: unknown }
  | { kind: 'yaml'; name: string; documents: YamlDocument[] }
  | ({ kind: 'csv'; name: string } & CsvTable)

/**
 * Reads an untrusted file: JSON, JSON Lines (as an array), YAML or CSV, plain or as .gz. What it is, is decided by
 * its content. Nothing is fetched, run or written.
 *
 * @param name as the user knows the file; only for messages and, between YAML and CSV, the extension
 * @throws AppError `invalid_input`, naming the file, the reason and, where there is one, the line and column
 */
export function readUpload(name: string, bytes: Uint8Array, limits: FileLimits = defaultLimits): UploadedFile {
  if (bytes.byteLength === 0) throw refuseFile(name, 'is empty')
  if (bytes.byteLength > limits.uploadBytes) {
    throw refuseFile(name, `is larger than ${formatBytes(limits.uploadBytes)}`)
  }
  const text = decodeText(name, isGzip(bytes) ? unpackGzip(name, bytes, limits) : bytes)
  if (text.trim() === '') throw refuseFile(name, 'is empty')
  const extension = /\.([a-z0-9]+)$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? ''
  switch (detectKind(text, extension)) {
    case 'json':
      return { kind: 'json', name, value: readJson(name, text, limits) }
    case 'csv':
      return { kind: 'csv', name, ...readCsv(name, text, limits) }
    case 'yaml':
      return { kind: 'yaml', name, documents: readDocuments(name, text, limits) }
    case 'markup':
      throw refuseForeign(
        name,
        'is XML or HTML, neither JSON nor YAML nor CSV (a web page saved instead of its export?)',
      )
    case 'text':
      throw refuseForeign(name, 'is plain text, neither JSON nor YAML nor CSV')
  }
}

function readDocuments(name: string, text: string, limits: FileLimits): YamlDocument[] {
  const documents = readYaml(name, text, limits)
  if (documents.length === 0) throw refuseFile(name, 'holds no YAML document, only comments or empty ones')
  if (documents.every(({ value }) => typeof value !== 'object')) {
    throw refuseForeign(name, 'is plain text, neither JSON nor YAML nor CSV')
  }
  return documents
}
