import { createHash } from 'node:crypto'
import type { MapResult } from '@/lib/connectors/contract'
import { detectFormat, expectedFormats } from '@/lib/connectors/registry'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { AppError, isAppError } from '@/lib/platform/errors'
import { readUpload } from '@/lib/platform/files/read-file'
import { ForeignFile } from '@/lib/platform/files/refuse-file'

/** A file as it came, with what the user says of it. */
export interface UploadedFile {
  name: string
  bytes: Uint8Array
  /** What the user calls the source, where the file itself does not say (a cluster's name). */
  instance?: string | undefined
  /** CSV only: our column to the file's header. */
  columns?: Record<string, string> | undefined
}

export interface MappedFile {
  name: string
  bytes: number
  sha256: string
  format: string | null
  coverage: 'source' | 'file'
  /** Header and guess of a CSV, for the mapping step. */
  header: string[] | null
  /** CSV only: the mapping that was used, chosen or guessed. */
  columns: Record<string, string> | null
  result: MapResult | null
  /** Why the file as a whole was refused. */
  error: string | null
}

/**
 * Reads, recognises and maps one file. Never throws for what the file holds: a refusal is an answer. Runs in a worker
 * thread (`parse-thread.ts`), because a hostile file may take long.
 */
export function mapFile(file: UploadedFile): MappedFile {
  const facts = {
    name: file.name,
    bytes: file.bytes.byteLength,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    format: null,
    coverage: 'file' as const,
    header: null,
    columns: null,
    result: null,
  }
  try {
    const parsed = readUpload(file.name, file.bytes)
    const connector = detectFormat(parsed)
    if (!connector) {
      throw new AppError(
        'invalid_input',
        `${file.name} is ${parsed.kind.toUpperCase()}, but of no known kind. Expected one of: ${expectedFormats()}.`,
      )
    }
    const header = connector.columns && parsed.kind === 'csv' ? parsed.header : null
    const columns = header && (file.columns ?? connector.columns?.guess(header) ?? null)
    const result = connector.map(parsed, { fingerprint, instance: file.instance, columns: columns ?? undefined })
    if (result.records.length === 0) {
      const first = result.refused[0]
      const why = first ? ` ${first.at}: ${first.reason}` : ''
      return { ...facts, header, columns, format: connector.id, error: `${file.name} holds nothing to import.${why}` }
    }
    return { ...facts, header, columns, format: connector.id, coverage: connector.coverage, result, error: null }
  } catch (error) {
    if (error instanceof ForeignFile)
      return { ...facts, error: `${error.message}. Expected one of: ${expectedFormats()}.` }
    if (isAppError(error) && error.code === 'invalid_input') return { ...facts, error: error.message }
    throw error
  }
}
