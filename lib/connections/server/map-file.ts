import { createHash } from 'node:crypto'
import type { FileConnector, MapContext } from '@/lib/connectors/contract'
import { connectors, detectFormat } from '@/lib/connectors/registry'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { AppError, isAppError } from '@/lib/platform/errors'
import { type ByteSource, bytesSource, fileSource, type RangedSource, readUpTo } from '@/lib/platform/files/byte-source'
import { detectKind, type TextKind } from '@/lib/platform/files/detect-kind'
import { defaultLimits, formatBytes } from '@/lib/platform/files/limits'
import { openLarge } from '@/lib/platform/files/open-large'
import { type OpenedFile, openUpload } from '@/lib/platform/files/open-upload'
import { extensionOf, type UploadedFile as ReadFile, readBytes } from '@/lib/platform/files/read-file'
import { ForeignFile, refuseFile } from '@/lib/platform/files/refuse-file'
import { type Spool, type SpooledBytes, spoolSource } from '@/lib/platform/files/spool'
import { noNotes } from '../rules'
import type { ImportNotes } from '../schema'
import { findTableHint } from './find-table-hint'
import { fitColumns, headerKey } from './map-header'
import { listsOf, mapPieces } from './map-pieces'
import { type PackedResult, ResultGatherer } from './map-results'
import { expectedSystems } from './present-format'
import { mergeNotes } from './record-notes'

/** A file as it came, with what the user says of it: its bytes, or where they lie, by a name or in a spool. */
export type UploadedFile = {
  name: string
  /** What the user calls the source, where the file itself does not say (a cluster's name). */
  instance?: string | undefined
  /** CSV only: our column to the file's header. */
  columns?: Record<string, string> | undefined
  /** CSV only: the mapping that is kept for a header, by `headerKey`; read when `columns` says nothing. */
  kept?: Record<string, Record<string, string>> | undefined
} & ({ bytes: Uint8Array } | { path: string; size: number } | SpooledBytes)

/**
 * What one file says of one system and instance. A file that holds several (an archive, a workbook) or speaks of several
 * systems gives several of them.
 */
export interface MappedFile {
  /** The file's name, with that of the member or sheet where there are several. */
  name: string
  /** The file as it was uploaded. */
  upload: string
  bytes: number
  sha256: string
  format: string | null
  coverage: 'source' | 'file'
  /** Header and guess of a CSV, for the mapping step. */
  header: string[] | null
  /** CSV only: the mapping that was used, chosen or guessed. */
  columns: Record<string, string> | null
  /** Everything in the file was understood: what it no longer holds may be gone. */
  isComplete: boolean
  result: PackedResult | null
  /** Also of a file that was refused: why its entries were. */
  notes: ImportNotes
  /** Why the file as a whole was refused. */
  error: string | null
}

/** Bytes of an uploaded file. */
export const sizeOf = (file: UploadedFile) => ('bytes' in file ? file.bytes.byteLength : file.size)

/**
 * Reads, recognises and maps one file. Never throws for what the file holds: a refusal is an answer. Runs in a worker
 * thread (`parse-thread.ts`), because a hostile file may take long. `spool`: where the packed records go; without one they stay
 * in memory.
 */
export function mapFile(file: UploadedFile, spool?: Spool): MappedFile[] {
  const source = sourceOf(file)
  const unread = { name: file.name, upload: file.name, bytes: sizeOf(file), ...blank, sha256: '' }
  return answering(unread, () => {
    if (sizeOf(file) > defaultLimits.uploadBytes)
      throw refuseFile(file.name, `is larger than ${formatBytes(defaultLimits.uploadBytes)}`)
    const whole = digest(source)
    return answering({ ...unread, ...whole }, () => {
      const opened = openUpload(file.name, source, defaultLimits)
      return opened.flatMap((part) => mapPart(part, file, { ...unread, ...whole, name: part.name }, spool))
    })
  })
}

function sourceOf(file: UploadedFile): RangedSource {
  if ('bytes' in file) return bytesSource(file.bytes)
  return 'path' in file ? fileSource(file.path) : spoolSource(file)
}

const blank = {
  format: null,
  coverage: 'file' as const,
  header: null,
  columns: null,
  isComplete: false,
  result: null,
  notes: noNotes,
}

function answering(unread: Omit<MappedFile, 'error'>, work: () => MappedFile[]): MappedFile[] {
  try {
    return work()
  } catch (error) {
    if (error instanceof ForeignFile) return [{ ...unread, error: `${error.message}. ${expectedSystems(connectors)}` }]
    if (isAppError(error) && error.code === 'invalid_input') return [{ ...unread, error: error.message }]
    throw error
  }
}

function digest(source: ByteSource): { bytes: number; sha256: string } {
  const hash = createHash('sha256')
  let bytes = 0
  for (const chunk of source.chunks()) {
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  return { bytes, sha256: hash.digest('hex') }
}

function mapPart(
  part: OpenedFile,
  file: UploadedFile,
  whole: Omit<MappedFile, 'error'>,
  spool: Spool | undefined,
): MappedFile[] {
  return answering(whole, () => {
    const isMember = 'source' in part && part.name !== file.name
    const facts = isMember ? { ...whole, ...digest(part.source) } : whole
    return answering(facts, () => mapRead(part, file, facts, spool))
  })
}

function mapRead(
  part: OpenedFile,
  file: UploadedFile,
  facts: Omit<MappedFile, 'error'>,
  spool: Spool | undefined,
): MappedFile[] {
  const { name } = part
  const limits = defaultLimits
  const large = 'source' in part && !fitsWhole(part.source) ? openLarge(name, part.source, limits) : undefined
  const inPieces = large && detectFormat(large.sample)
  const isLarge = large !== undefined && (inPieces === undefined || listsOf(inPieces, large).length > 0)
  const parsed = isLarge ? large.sample : 'table' in part ? part.table() : readWhole(name, part.source, inPieces)
  const hint = hintFor(parsed)
  if (hint) throw new AppError('invalid_input', `${name} ${hint}.`)
  const connector = isLarge ? inPieces : detectFormat(parsed)
  if (!connector) {
    if (parsed.kind === 'json' && isEmpty(parsed.value))
      throw new AppError(
        'invalid_input',
        `${name} is an empty list: it holds nothing to import, and does not say of what it is one.`,
      )
    const kind = parsed.kind === 'text' ? 'plain text' : parsed.kind.toUpperCase()
    throw new AppError('invalid_input', `${name} is ${kind}, but of no known kind. ${expectedSystems(connectors)}`)
  }
  const header = connector.columns && parsed.kind === 'csv' ? parsed.header : null
  const columns = header && (file.columns ?? keptColumns(file, header) ?? connector.columns?.guess(header) ?? null)
  const context: MapContext = { fingerprint, instance: file.instance, columns: columns ?? undefined }
  const gatherer = new ResultGatherer(isLarge, isLarge && header !== null, spool)
  if (isLarge) mapPieces(connector, large, context, gatherer)
  else gatherer.add(connector.map(parsed, context))
  return present({ ...facts, format: connector.id, header, columns }, connector, gatherer.end())
}

/** Tables are taken for plain text, those parted by tabs for CSV. */
function hintFor(file: ReadFile): string | undefined {
  if (file.kind === 'text') return findTableHint(file.text)
  return file.kind === 'csv' ? findTableHint(file.header.join('\t')) : undefined
}

const isEmpty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)

function keptColumns({ kept }: UploadedFile, header: string[]): Record<string, string> | undefined {
  const key = kept && headerKey(header)
  const columns = key !== undefined && Object.hasOwn(kept ?? {}, key) ? kept?.[key] : undefined
  const fitted = columns && fitColumns(columns, header)
  return fitted?.name === undefined ? undefined : fitted
}

/** One part for each system and instance; a part without records is listed only when all are, or when it says why. */
function present(facts: Omit<MappedFile, 'error'>, { coverage }: FileConnector, results: PackedResult[]): MappedFile[] {
  const filled = results.filter(({ blocks }) => blocks.length > 0)
  if (filled.length === 0) {
    const first = results.flatMap(({ refused }) => refused)[0]
    const why = first ? ` ${first.at}: ${first.reason}` : ''
    const notes = mergeNotes(results.map((result) => result.notes))
    return [{ ...facts, notes, error: `${facts.name} holds nothing to import.${why}` }]
  }
  const empty = results.filter(({ blocks }) => blocks.length === 0)
  const isComplete = results.every(({ refusedCount }) => refusedCount === 0)
  return filled.map((result, index) => {
    const said = index === 0 ? [result, ...empty] : [result]
    return {
      ...facts,
      coverage,
      isComplete,
      notes: mergeNotes(said.map(({ notes }) => notes)),
      result: {
        ...result,
        refused: said.flatMap(({ refused }) => refused),
        refusedCount: said.reduce((sum, { refusedCount }) => sum + refusedCount, 0),
        unresolved: said.flatMap(({ unresolved }) => unresolved),
        unresolvedCount: said.reduce((sum, { unresolvedCount }) => sum + unresolvedCount, 0),
      },
      error: null,
    }
  })
}

const fitsWhole = (source: ByteSource) => readUpTo(source, defaultLimits.wholeBytes).isWhole

/** Why it cannot be told in pieces is said with what the user can do. */
function readWhole(name: string, source: ByteSource, connector: FileConnector | undefined): ReadFile {
  const { unsplitBytes } = defaultLimits
  const { bytes, isWhole } = readUpTo(source, unsplitBytes)
  if (isWhole) return readBytes(name, bytes, defaultLimits)
  const limit = formatBytes(unsplitBytes)
  const kind = detectKind(new TextDecoder().decode(bytes.subarray(0, headBytes)), extensionOf(name))
  const { known, way } = wayOut(kind, connector)
  throw refuseFile(name, `holds more than ${limit} of ${known}, which is read at once; ${way}`)
}

const headBytes = 64 * 1024

function wayOut(kind: TextKind, connector: FileConnector | undefined): { known: string; way: string } {
  if (kind === 'yaml') return { known: 'YAML', way: 'split it, or export it as JSON (kubectl get … -o json)' }
  if (kind === 'markup') return { known: 'XML or HTML', way: 'export it as JSON or CSV' }
  if (kind === 'text') return { known: 'plain text', way: 'split it' }
  if (kind === 'toml') return { known: 'TOML', way: 'split it' }
  return {
    known: connector === undefined ? 'JSON' : `this kind (${connector.title})`,
    way: 'export it in parts (by account, project, page or team) and import them together',
  }
}
