/** What one uploaded file may cost. Every figure is checked before the work that it bounds. */
export interface FileLimits {
  /** Bytes as uploaded. */
  uploadBytes: number
  /** Bytes after unpacking a .gz. */
  unpackedBytes: number
  /** Unpacked bytes per packed byte; a bomb of zeros reaches about 1,000. */
  unpackRatio: number
  /** Files in one archive, sheets in one workbook. */
  archiveFiles: number
  /** Bytes up to which a file is read at once; a larger one is read piece by piece where its format allows it. */
  wholeBytes: number
  /** Bytes of a file whose format cannot be read piece by piece: what is read at once takes up to eight times as much memory. */
  unsplitBytes: number
  /** Bytes of the sheets and texts of a workbook, unpacked: its cells are read at once. */
  workbookBytes: number
  /** Bytes of a large file that must be held while its long lists go by; also of one line or entry of it. */
  heldBytes: number
  /** Levels of nesting of JSON and YAML. */
  depth: number
  /** Values (keys and elements) of JSON, nodes of YAML. */
  values: number
  /** Characters of YAML, whose parser is slow: one to two seconds for each million. */
  yamlCharacters: number
  /** Characters of a file that is neither JSON nor YAML nor CSV. */
  textCharacters: number
  /** Aliases in one file. */
  yamlAliases: number
  /** Nodes after expanding the aliases, per node written; a "billion laughs" reaches millions. */
  yamlExpansion: number
  /** Rows of CSV, lines of JSON Lines. */
  rows: number
  columns: number
  /** Characters of one CSV cell. */
  cellCharacters: number
  /** Malformed CSV rows that are listed one by one; the rest is counted. */
  malformedListed: number
}

const megabyte = 1024 * 1024

export const defaultLimits: FileLimits = {
  uploadBytes: 200 * megabyte,
  unpackedBytes: 256 * megabyte,
  unpackRatio: 100,
  archiveFiles: 200,
  wholeBytes: 16 * megabyte,
  unsplitBytes: 24 * megabyte,
  workbookBytes: 64 * megabyte,
  heldBytes: 24 * megabyte,
  depth: 64,
  values: 5_000_000,
  yamlCharacters: 10 * megabyte,
  textCharacters: 24 * megabyte,
  yamlAliases: 10_000,
  yamlExpansion: 10,
  rows: 5_000_000,
  columns: 1_000,
  cellCharacters: 64 * 1024,
  malformedListed: 1_000,
}

/** Bytes as people read them: `50 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < megabyte) return `${Math.round(bytes / 1024)} kB`
  return `${Math.round(bytes / megabyte)} MB`
}
