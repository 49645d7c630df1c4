import { bytesSource, readUpTo } from './byte-source'
import { cleanString } from './clean-strings'
import { decodeText } from './decode-text'
import { detectKind } from './detect-kind'
import { defaultLimits, type FileLimits, formatBytes } from './limits'
import { type CsvTable, readCsv } from './read-csv'
import { readJson } from './read-json'
import { readToml } from './read-toml'
import { readYaml, type YamlDocument } from './read-yaml'
import { refuseFile, refuseForeign } from './refuse-file'
import { gunzipSource, isGzip } from './unpack-gzip'

/** A file after bounded reading: decoded, of known kind, within every limit. */
export type UploadedFile =
  | { kind: 'json'; name: string; value: unknown }
  | { kind: 'yaml'; name: string; documents: YamlDocument[] }
  | ({ kind: 'csv'; name: string } & CsvTable)
  | { kind: 'text'; name: string; text: string }

/**
 * Reads an untrusted file: JSON (also with comments), JSON Lines (as an array), YAML, TOML (as JSON), CSV or plain text, in UTF-8 or UTF-16,
 * plain or as .gz. What it is, is decided by its content. Nothing is fetched, run or written. Archives and workbooks hold
 * several files: `openUpload`.
 *
 * @param name as the user knows the file; only for messages and, between YAML and CSV, the extension
 * @throws AppError `invalid_input`, naming the file, the reason and, where there is one, the line and column
 */
export function readUpload(name: string, bytes: Uint8Array, limits: FileLimits = defaultLimits): UploadedFile {
  if (bytes.byteLength === 0) throw refuseFile(name, 'is empty')
  if (bytes.byteLength > limits.uploadBytes) {
    throw refuseFile(name, `is larger than ${formatBytes(limits.uploadBytes)}`)
  }
  if (!isGzip(bytes)) return readBytes(name, bytes, limits)
  const unpacked = readUpTo(gunzipSource(name, bytesSource(bytes), limits), limits.unpackedBytes).bytes
  if (isGzip(unpacked)) throw refuseFile(name, 'is packed twice; unpack it once and upload the result')
  return readBytes(name, unpacked, limits)
}

/** The same for bytes that are not packed and whose size was checked before. */
export function readBytes(name: string, bytes: Uint8Array, limits: FileLimits): UploadedFile {
  const text = decodeText(name, bytes)
  if (text.trim() === '') throw refuseFile(name, 'is empty')
  const extension = extensionOf(name)
  switch (detectKind(text, extension)) {
    case 'json':
      return { kind: 'json', name, value: readJson(name, text, limits) }
    case 'csv':
      return { kind: 'csv', name, ...readCsv(name, text, limits) }
    case 'yaml':
      return readDocuments(name, text, extension, limits)
    case 'toml':
      return { kind: 'json', name, value: readToml(name, text, limits) }
    case 'markup':
      throw refuseForeign(
        name,
        'is XML or HTML, neither JSON nor YAML nor CSV (a web page saved instead of its export?)',
      )
    case 'text':
      return plainText(name, text, limits)
  }
}

/** `json` for `a.JSON.gz`. */
export function extensionOf(name: string): string {
  return /\.([a-z0-9]+)$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? ''
}

function readDocuments(name: string, text: string, extension: string, limits: FileLimits): UploadedFile {
  try {
    const documents = readYaml(name, text, limits)
    if (documents.some(({ value }) => typeof value === 'object')) return { kind: 'yaml', name, documents }
    if (documents.length === 0) throw refuseFile(name, 'holds no YAML document, only comments or empty ones')
  } catch (problem) {
    // What a tool prints for people may begin like YAML.
    if (!['txt', 'log', 'out', 'text'].includes(extension)) throw problem
  }
  return plainText(name, text, limits)
}

function plainText(name: string, text: string, limits: FileLimits): UploadedFile {
  if (text.length > limits.textCharacters)
    throw refuseFile(name, `holds more than ${formatBytes(limits.textCharacters)} of plain text`)
  return { kind: 'text', name, text: cleanString(text) }
}
